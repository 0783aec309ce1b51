/**
 * English words that hold a sentence together and say nothing of what it is about. Contractions stand without their
 * apostrophe. Not among them: words that are told apart in a homelab (up, down, off, out, over, under).
 */
const list = `
a an the this that these those such some any each every either neither both all most more much many few less least other
another own same
i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it
its itself they them their theirs themselves one ones someone somebody something anyone anybody anything everyone everybody
everything nobody nothing
who whom whose which what when where why how whether whatever whoever whenever wherever
and or nor but so yet if then else than because since while although though unless until as
of at by for from in into on onto to toward towards with within without about against among between through during before
after upon per via
am is are was were be been being do does did doing done have has had having can could may might must shall should will would
ought
no not never too very also just only even still again ever quite rather really here there now
dont doesnt didnt isnt arent wasnt werent havent hasnt hadnt wont wouldnt cant cannot couldnt shouldnt mustnt aint
im ive id youre youve youd hes shes theyre theyve weve thats theres whats whos lets
`;

const functionWords: ReadonlySet<string> = new Set(list.trim().split(/\s+/));

/** Of a word in lower case. */
export function isFunctionWord(word: string): boolean {
  return functionWords.has(word);
}
