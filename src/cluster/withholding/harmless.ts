import { isSecretVariable } from './names.ts';

/**
 * Environment literals are withheld unless both the name and the value are plainly harmless: the only default that holds,
 * because people put secrets under any name.
 */
const classes: readonly { readonly name: RegExp; readonly value: RegExp }[] = [
  { name: /./, value: /^(?:true|false|yes|no|on|off|enabled|disabled|0|1)?$/i },
  { name: /./, value: /^-?\d{1,5}(?:\.\d{1,3})?(?:ms|s|m|h|d|k|Ki|Mi|Gi|MB|GB)?$/ },
  { name: /./, value: /^(?:trace|debug|info|notice|warn|warning|error|fatal|production|development|staging|test)$/i },
  { name: /(?:^|_)(?:TZ|TIMEZONE)$/i, value: /^(?:UTC|[A-Z][A-Za-z]{1,20}(?:\/[A-Z][A-Za-z_]{1,20}){1,2})$/ },
  { name: /(?:LANG|LANGUAGE|LOCALE|LC_[A-Z]+)$/i, value: /^[a-z]{2}(?:[_-][A-Z]{2})?(?:\.UTF-8)?$/ },
  {
    name: /(?:PATH|DIR|DIRECTORY|FILE|HOME|ROOT|FOLDER|VOLUME|SOCKET)$/i,
    value: /^(?:\/[\w.-]{1,24}){1,8}\/?$/,
  },
  {
    name: /(?:HOST|HOSTNAME|URL|URI|ADDR|ADDRESS|ENDPOINT|SERVER|DOMAIN|ORIGIN|LISTEN|BIND)$/i,
    value:
      /^(?:[a-z]{2,10}:\/\/)?[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?(?:\.[a-z0-9-]{1,24}){0,6}(?::\d{1,5})?(?:\/[a-z0-9._-]{1,16}){0,4}\/?$/,
  },
];

export function isHarmlessVariable(name: string, value: string): boolean {
  if (/^(?:true|false|)$/i.test(value)) return true;
  if (isSecretVariable(name)) return false;
  return classes.some((harmless) => harmless.name.test(name) && harmless.value.test(value));
}
