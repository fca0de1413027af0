/** What each shell reads once. It asks `timely-sync complete` for the words that may come next. */

export const completionShells = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof completionShells)[number];

/** Each gives the words typed so far, the last one as far as it is typed; a candidate is a line: word, blank, description. */
export const scripts: Record<CompletionShell, string> = {
  bash: `_timely_sync() {
  local IFS=$'\\n'
  COMPREPLY=($("$1" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -d ' ' -f 1))
}
complete -o default -F _timely_sync timely-sync
`,
  zsh: `#compdef timely-sync
_timely_sync() {
  local -a found
  local line
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${line%% *}:\${line#* }")
  done
  if (( \${#found} )); then _describe timely-sync found; else _files; fi
}
compdef _timely_sync timely-sync
`,
  fish: `function __timely_sync_complete
  set -l typed (commandline -opc) (commandline -ct)
  set -l found ($typed[1] complete -- $typed[2..-1] 2>/dev/null)
  if test (count $found) -gt 0
    string replace ' ' \\t $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c timely-sync -f -a '(__timely_sync_complete)'
`,
};
