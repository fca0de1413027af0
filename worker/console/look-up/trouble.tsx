/** What is wrong with a tenant or a cycle, and what to do. */
import type { Child } from 'hono/jsx';
import type { CycleError } from '../../../domain/contract/report.ts';
import { Sentence } from '../elements/text.tsx';

export const Trouble = ({ children }: { children?: Child }) => <div class="note bad">{children}</div>;

export const CycleTrouble = ({ error: { health, message, remedy } }: { error: CycleError }) => (
  <Trouble>
    <p>
      <Sentence text={`${health}: ${message}`} />
    </p>
    {remedy !== '' && (
      <p>
        <Sentence text={remedy} />
      </p>
    )}
  </Trouble>
);
