/** As much of jsdom as tests of pages use. Its own types bring those of a browser, where Node's differ. */
declare module 'jsdom' {
  interface PageElement {
    textContent: string | null;
    getAttribute(name: string): string | null;
  }
  interface PageTable {
    caption: PageElement | null;
    tBodies: readonly { rows: Iterable<{ cells: Iterable<PageElement> }> }[];
  }
  interface PageDocument {
    body: PageElement;
    querySelectorAll(selector: 'table'): Iterable<PageTable>;
    querySelectorAll(selector: 'a'): Iterable<PageElement>;
    open(): void;
    write(html: string): void;
    close(): void;
  }
  export class JSDOM {
    constructor(html: string, options?: { runScripts: 'outside-only'; pretendToBeVisual: boolean });
    readonly window: {
      document: PageDocument;
      eval(script: string): unknown;
      axe?: typeof import('axe-core');
    };
  }
}
