/**
 * What a reader with other eyes would stumble over, looked for in the page itself. Texts of programs: they run in the page, where
 * other names are known than here.
 */

/** Texts whose contrast with what is behind them is below 4.5 (3 for large ones). */
export const unreadable = `(() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const over = (top, below) => {
    const alpha = top[3] ?? 1;
    return [0, 1, 2].map((index) => top[index] * alpha + below[index] * (1 - alpha));
  };
  const luminance = (color) => {
    const [r, g, b] = color.slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at !== null; at = at.parentElement) layers.unshift(parts(getComputedStyle(at).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.textContent.trim() === '' || element.closest('noscript, .unseen, .skip, :disabled') !== null) continue;
    if (element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const ground = behind(element);
    const [light, dark] = [luminance(over(parts(style.color), ground)), luminance(ground)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = Number.parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < needed) found.add(ratio.toFixed(2) + ' ' + element.className + ': ' + node.textContent.trim().slice(0, 40));
  }
  return [...found];
})()`;

/** What has no name, or the wrong place, for who hears the page or walks it by its headings. */
export const faultsOfPage = `(() => {
  const found = [];
  const nameOf = (element) =>
    (element.getAttribute('aria-label') ?? '') +
    (element.labels === undefined || element.labels === null ? '' : [...element.labels].map((label) => label.textContent).join('')) +
    (element.matches('input, textarea, select') ? '' : element.textContent);
  for (const element of document.querySelectorAll('a, button, input, textarea, select, summary, [role=table]')) {
    if (nameOf(element).trim() === '') found.push('no name: ' + element.outerHTML.slice(0, 80));
  }
  for (const element of document.querySelectorAll('[aria-labelledby], [aria-describedby]')) {
    const id = element.getAttribute('aria-labelledby') ?? element.getAttribute('aria-describedby');
    if (document.getElementById(id) === null) found.push('names nothing: ' + id);
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push('twice: ' + id);
  if (document.querySelectorAll('h1').length !== 1) found.push('h1: ' + document.querySelectorAll('h1').length);
  if (document.querySelectorAll('main').length !== 1) found.push('not one main');
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) found.push('skips to ' + heading.tagName + ': ' + heading.textContent);
    level = own;
  }
  for (const element of document.querySelectorAll('a a, a button, button a, button button')) found.push('nested: ' + element.outerHTML.slice(0, 80));
  for (const element of document.querySelectorAll('a, button:not(.link)')) {
    const box = element.getBoundingClientRect();
    if (box.height > 0 && element.matches('button') && box.height < 24) found.push('too small to touch: ' + element.textContent);
  }
  for (const element of document.querySelectorAll('ul > :not(li), ol > :not(li)')) found.push('no item: ' + element.outerHTML.slice(0, 80));
  if (document.documentElement.lang !== 'en') found.push('no language');
  return found;
})()`;
