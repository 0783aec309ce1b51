import { stripHiddenCharacters } from '../../../kit/index.ts';
import { claimsOf, sentencesOf } from '../claims.ts';
import { error, type ReportRule, shown } from '../rule.ts';

export const foreignTextIsLetters: ReportRule = {
  id: 'V30',
  title: 'What others wrote is letters: no HTML, links, images or hidden characters.',
  severities: ['error'],
  *check(input, page) {
    for (const { path, text } of sentencesOf(input.narrative)) {
      if (markup.test(text)) yield error(path, 'it holds markup', 'write plain words');
      if (text !== stripHiddenCharacters(text))
        yield error(path, 'it holds characters that are not seen', 'write it anew');
    }
    for (const { path, claim } of claimsOf(input.narrative))
      if (claim.quote !== undefined && claim.quote !== stripHiddenCharacters(claim.quote))
        yield error(`${path}.quote`, 'it holds characters that are not seen', 'quote a part without them');
    if (page.html.length > 0) yield error('report', 'the page holds HTML', 'render the report anew');
    if (page.images.length > 0) yield error('report', 'the page holds an image', 'render the report anew');
    for (const href of page.links)
      if (!/^#ev_[a-z2-7]{8}$/.test(href))
        yield error('report', `the page links to ${shown(href)}`, 'render the report anew');
  },
};

const markup =
  /<\/?[a-z!][^<>]*>|<script|!?\[[^\]]*\]\([^)]*\)|\[[^\]]+\]:\s*\S|```|~~~|javascript:|data:text\/|^\s{0,3}(?:#{1,6}\s|>)/im;
