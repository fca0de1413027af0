/** Fields of the set-up's forms, with what is wrong beside each. */
import type { InitFlags } from '../../../config/first-file/answers.ts';
import type { InitQuestion } from '../../../config/first-file/questions.ts';
import { oneLine } from '../../../domain/shown-text.ts';

/** What is wrong with what was typed, by field. */
export type Problems = Readonly<Record<string, string>>;

interface FieldProps {
  name: string;
  label: string;
  value?: string;
  hint?: string;
  problem?: string | undefined;
  /** A secret: it is not shown again. */
  isSecret?: boolean;
  lines?: number;
}

export const Field = ({ name, label, value = '', hint, problem, isSecret = false, lines }: FieldProps) => {
  const about = [
    ...(hint === undefined ? [] : [`${name}-hint`]),
    ...(problem === undefined ? [] : [`${name}-problem`]),
  ].join(' ');
  const shared = {
    id: name,
    name,
    'aria-describedby': about === '' ? undefined : about,
    'aria-invalid': problem === undefined ? undefined : ('true' as const),
    autocomplete: 'off',
    spellcheck: false,
  };
  return (
    <div>
      <label for={name}>{label}</label>
      {hint === undefined ? null : (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {problem === undefined ? null : (
        <p class="error" id={`${name}-problem`}>
          {oneLine(problem)}
        </p>
      )}
      {lines === undefined ? (
        <input {...shared} type={isSecret ? 'password' : 'text'} value={isSecret ? '' : value} />
      ) : (
        <textarea {...shared} rows={lines}>
          {isSecret ? '' : value}
        </textarea>
      )}
    </div>
  );
};

/** The answers that a form gives to questions, and what is wrong with them. */
export function answersFrom(
  form: URLSearchParams,
  questions: readonly InitQuestion[],
): { answers: InitFlags; problems: Problems } {
  const read = questions.map(({ key, problem, otherwise, read = (text) => text }) => {
    const typed = read((form.get(key) ?? '').trim());
    const text = typed === '' ? (otherwise ?? '') : typed;
    return { key, text, wrong: problem(text) };
  });
  return {
    answers: Object.fromEntries(read.map(({ key, text }) => [key, text])),
    problems: Object.fromEntries(read.flatMap(({ key, wrong }) => (wrong === null ? [] : [[key, wrong]]))),
  };
}
