import { readHelm } from './helm.ts';
import { readKubectl } from './kubectl.ts';
import { NoEditError, refuse } from './no-edit.ts';
import type { DeniedCommand, DeniedWords, ReadDeniedCommand } from './port.ts';

/** More than anybody types. */
const mostWords = 20_000;
const mostText = 524_288;

/**
 * What a denied command would have done to the fields of one object. Pure: nothing is read beside its words. What is not
 * understood wholly is not understood.
 */
export const readDeniedCommand: ReadDeniedCommand = (words) => {
  try {
    return readProgram(words);
  } catch (error) {
    if (error instanceof NoEditError) return { is: 'none', why: error.message };
    throw error;
  }
};

/** Programs that bring kubectl along. */
const carriers: readonly string[] = ['k3s', 'k0s', 'microk8s', 'minikube'];

function readProgram(words: DeniedWords): DeniedCommand {
  const [first = '', ...argv] = words.argv;
  if (argv.length > mostWords || argv.reduce((sum, word) => sum + word.length, 0) > mostText)
    refuse('it is longer than any command that is meant');
  const program = programOf(first);
  if (carriers.includes(program) && argv[0] === 'kubectl') {
    // `minikube kubectl -- scale …`
    return readKubectl(argv[1] === '--' ? argv.slice(2) : argv.slice(1), words);
  }
  if (program === 'kubectl' || program === 'k' || program === 'kubecolor') return readKubectl(argv, words);
  if (program === 'helm' || program === 'helm3') return readHelm(argv);
  return refuse('only commands of kubectl and Helm are understood as edits of the source');
}

/** `/usr/local/bin/kubectl`, `kubectl.exe`. */
function programOf(word: string): string {
  return (word.split(/[/\\]/).at(-1) ?? '').replace(/\.exe$/, '');
}
