import { defineErrors } from '../../kit/index.ts';

export const notifyError = defineErrors({
  'notify-address-unusable': {
    audience: 'operator',
    meaning: "The file that notify.slackFrom names in keep.yaml does not hold a webhook's address.",
  },
});
