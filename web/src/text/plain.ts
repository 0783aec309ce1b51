/**
 * Text of agents and of the repository, as it may stand on the page. The page never makes markup of text; this is about what
 * plain text can do by itself: turn the reading direction round, hide, or move what stands beside it. Such characters are shown
 * by their number. Elements that hold it isolate its direction as well (`.theirs` in the style).
 */
// Controls, marks of direction and other formats, separators of lines, and what is drawn as nothing at all.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

export function plain(text: string): string {
  return text.replace(unseen, (character) => {
    if (character === '\n' || character === '\t') return character;
    const number = character.codePointAt(0) ?? 0;
    return `⟨U+${number.toString(16).toUpperCase().padStart(4, '0')}⟩`;
  });
}

/** Whether something in it would not have been seen. */
export function hidesSomething(text: string): boolean {
  return plain(text) !== text;
}
