import type { JsonObject } from '../../../kit/index.ts';
import { at } from '../../fields.ts';
import { bytesText, coresText, percentText } from '../../usage/amount-text.ts';
import { type Amounts, amountsOf } from '../../usage/metrics.ts';

/** What a container may take and takes, in words: `memory request 64Mi, limit 128Mi, uses 90Mi (70% of its limit)`. */
export function resourcesText(resources: JsonObject | undefined, used: Amounts | undefined): string {
  const [requests, limits] = [amountsOf(at(resources, 'requests')), amountsOf(at(resources, 'limits'))];
  const text = (name: keyof Amounts, write: (amount: number) => string): string => {
    const [request, limit, use] = [requests[name], limits[name], used?.[name]];
    const said = [
      ...(request === undefined ? [] : [`request ${write(request)}`]),
      ...(limit === undefined ? [] : [`limit ${write(limit)}`]),
      ...(use === undefined ? [] : [`uses ${write(use)}${shareText(use, request, limit)}`]),
    ];
    return `${name} ${said.length === 0 ? 'unlimited' : said.join(', ')}`;
  };
  return `${text('memory', bytesText)}; ${text('cpu', coresText)}`;
}

function shareText(use: number, request: number | undefined, limit: number | undefined): string {
  if (limit !== undefined) return ` (${percentText(use, limit)} of its limit)`;
  return request === undefined ? '' : ` (${percentText(use, request)} of its request)`;
}
