/** How the shells that administrators use say the same. */

export const shells = ['bash', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/** The shell of this machine. */
export const ownShell = (): Shell => (process.platform === 'win32' ? 'powershell' : 'bash');

/** Sets a variable of the environment; `value` is written in the shell's own words. */
export const setVariable = (shell: Shell, name: string, value: string): string =>
  shell === 'bash' ? `export ${name}=${value}` : `$env:${name} = ${value}`;

/** Writes a text, which has no line of END and none that begins with '@, into a file. */
export const writeText = (shell: Shell, file: string, text: string): string =>
  shell === 'bash'
    ? `cat > ${file} <<'END'\n${text}END`
    : `@'\n${text}'@ | Set-Content -Encoding ascii ${file}`;

/** Runs a command that writes a private key into `file`, so that only its owner reads it. */
export const withOnlyOwner = (shell: Shell, command: string, file: string): string[] =>
  shell === 'bash'
    ? [`(umask 077 && ${command})`]
    : [command, `icacls ${file} /inheritance:r /grant:r "$($env:USERNAME):F"`];
