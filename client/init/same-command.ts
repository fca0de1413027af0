/** `init` once more without its questions, for a person whose answers would be lost. */
import type { InitAnswers } from '../../config/first-file/answers.ts';
import { questionsAbout } from '../../config/first-file/questions.ts';
import { ownShell, type Shell } from './shell.ts';

/** Options as they were typed, without those that a question has: `['--paste']`, `['--role', 'manager']`. */
export type GivenOption = [flag: string, value?: string];

/** The lines to paste: long ones go on as the shell reads it. `given` are the words of the command line that stay. */
export function sameCommand(
  answers: InitAnswers,
  given: { file: string | undefined; options: readonly GivenOption[] },
  { columns, shell = ownShell() }: { columns: number; shell?: Shell },
): string {
  const texts = new Map(Object.entries(answers).map(([key, value]) => [key, String(value)]));
  const answered = questionsAbout(answers.directory, answers.credential).map(
    ({ flag, key }): GivenOption => [flag, texts.get(key) ?? ''],
  );
  const asked = new Set(answered.map(([flag]) => flag));
  const options = [...answered, ...given.options.filter(([flag]) => !asked.has(flag))];
  const parts = options.map(([flag, value]) =>
    value === undefined ? flag : `${flag} ${quoted(value, shell)}`,
  );
  const start = ['timely-sync init', ...(given.file === undefined ? [] : [quoted(given.file, shell)])].join(
    ' ',
  );
  const goesOn = shell === 'bash' ? ' \\' : ' `';
  const lines = [`  ${start}`];
  for (const part of parts) {
    const longer = `${lines.at(-1)} ${part}`;
    if (longer.length + goesOn.length <= columns) lines.splice(-1, 1, longer);
    else lines.push(`    ${part}`);
  }
  return lines.join(`${goesOn}\n`);
}

/** A word of plain letters stays as it is. */
function quoted(value: string, shell: Shell): string {
  if (/^[\w.:/@%+=,-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", shell === 'bash' ? `'\\''` : "''")}'`;
}
