# Builds the project for ./nimo-shake and ./nimo-shake-bench, which source this file.

# build LOG ARGUMENT...: runs Maven with these arguments and without tests. Prints a line for each
# module to standard error. The whole output goes to the file LOG, and also to standard error if the
# build fails.
build() {
  log=$1
  shift
  {
    (cd "$root" && ./mvnw -B -Dmaven.test.skip=true -Dspotless.check.skip=true "$@") 2>&1 &&
      echo "$BUILT"
  } | tee "$log" | show_progress
  if [ "$(tail -n 1 "$log")" != "$BUILT" ]; then
    grep -v '^Download\|^Progress' "$log" >&2
    return 1
  fi
}

BUILT='the build is complete'

show_progress() {
  files=0
  while IFS= read -r line; do
    case $line in
      '[INFO] Building nimo-shake'*'['*'/'*']')
        module=${line#'[INFO] Building '}
        echo "  [${module##*[} ${module%% [0-9]*}" >&2
        ;;
      *'Downloaded from'*)
        files=$((files + 1))
        [ $((files % 100)) = 0 ] && echo "  $files files downloaded so far" >&2
        ;;
      'mvnw: '*)
        echo "  $line" >&2
        ;;
    esac
  done
}
