# Ends the processes of a parent that died without ending them itself.
# Standard input: one line a process group, "+ PID" when it started and "- PID" when it ended.
# The end of the input means that the parent is gone, however it went.
pids=" "
while read -r op pid; do
  case "$op" in
    +) pids="$pids$pid " ;;
    -) pids=$(printf '%s' "$pids" | sed "s/ $pid / /") ;;
  esac
done
for pid in $pids; do
  kill -CONT "-$pid" 2>/dev/null
  kill -KILL "-$pid" 2>/dev/null
done
exit 0
