package io.nimoshake.core.plan.transcript;

import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.PlanOptions;
import io.nimoshake.core.plan.PlanView;
import io.nimoshake.core.plan.SyncPlan;
import io.nimoshake.core.plan.TableState;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.CheckpointEntry.SplitForgotten;
import io.nimoshake.core.port.CheckpointEntry.Subject;
import io.nimoshake.core.port.CheckpointEntry.TableForgotten;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Plays a transcript: passes its events to a plan and writes the plan's commands below each. The
 * language is explained in {@code transcripts/README.md}.
 */
final class Transcript {
  private static final Pattern LATER = Pattern.compile("(\\d+) (s|min|h) later: (.*)");

  /** Where a transcript begins that is not about the beginning. */
  private static final Pattern RUNNING =
      Pattern.compile(
          "table (\\S+) is (being copied|followed), with shard (\\S+) of stream (\\S+)");

  private final Clock clock = new Clock();
  private final EventLines events = new EventLines(clock);
  private final Settings settings = new Settings();

  /** What is saved, by subject, in the order of the first save of each. */
  private final Map<Subject, CheckpointEntry> store = new LinkedHashMap<>();

  private final Map<String, TableState> states = new LinkedHashMap<>();
  private final List<String> lines = new ArrayList<>();
  private SyncPlan plan;

  /**
   * @param given lines of a transcript, with or without the commands
   * @return the same with the commands that the plan gives
   */
  static List<String> play(List<String> given) {
    Transcript transcript = new Transcript();
    for (String line : given) {
      if (!line.startsWith(" ")) {
        transcript.lines.add(line);
        transcript.take(line);
      }
    }
    return transcript.lines;
  }

  private void take(String line) {
    if (line.isBlank() || line.startsWith("#")) {
      return;
    }
    if (line.startsWith("given ")) {
      given(line.substring("given ".length()));
      return;
    }
    Matcher later = LATER.matcher(line);
    if (later.matches()) {
      clock.pass(Long.parseLong(later.group(1)), later.group(2));
    }
    happen(later.matches() ? later.group(3) : line);
  }

  private void given(String what) {
    Matcher running = RUNNING.matcher(what);
    if (running.matches()) {
      int shown = lines.size();
      bring(running.group(1), running.group(2), running.group(3), running.group(4));
      lines.subList(shown, lines.size()).clear();
    } else {
      settings.set(what);
    }
  }

  /** Everything that happens until a table is there; its commands are not shown. */
  private void bring(String table, String where, String shard, String stream) {
    happen("the process starts");
    happen("the tables are listed: " + table);
    happen(
        "table "
            + table
            + " is prepared: 1 segment, nothing else in its collection, stream "
            + stream);
    happen("all shards of " + table + " are listed, stream " + stream + " is open: " + shard);
    if (where.equals("followed") && states.get(table) == TableState.COPYING) {
      happen("segment 1 of 1 of " + table + " is durable to its end");
      happen("deletes of " + table + " remove documents now");
      happen("table " + table + " is finished");
    }
  }

  private void happen(String event) {
    if (event.equals("the process starts")) {
      PlanOptions options = settings.options();
      plan = new SyncPlan(options, List.copyOf(store.values()));
      obey(plan.start());
    } else if (event.equals("the process dies")) {
      plan = null;
      states.clear();
    } else {
      obey(plan.on(events.event(event)));
    }
  }

  private void obey(List<Command> commands) {
    for (Command command : commands) {
      lines.add("  -> " + CommandText.of(command));
      if (command instanceof Command.Save save) {
        store(save.entry());
      }
    }
    for (PlanView.Table table : plan.view()) {
      if (states.put(table.name(), table.state()) != table.state()) {
        lines.add("  = table " + table.name() + ": " + table.state().label());
      }
    }
  }

  private void store(CheckpointEntry entry) {
    if (entry instanceof TableForgotten table) {
      store.keySet().removeIf(subject -> subject.table().filter(table.table()::equals).isPresent());
    } else if (entry instanceof SplitForgotten) {
      store.remove(entry.subject());
    } else {
      store.put(entry.subject(), entry);
    }
  }
}
