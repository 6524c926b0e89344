package io.nimoshake.core.plan.transcript;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Fault.SplitGone;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Split.ChangeFile;
import io.nimoshake.core.model.Split.ExportFile;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.Source.ChangeExport;
import io.nimoshake.core.port.Source.Export;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads what happens: the lines without an arrow. */
final class EventLines {
  private interface Form {
    Event event(Matcher line);
  }

  private static final String SPLIT = "((?:segment|file) (\\d+) of (\\d+)|shard (\\S+)) of (\\S+)";

  private static final String FILE = "file (\\d+) of (\\d+) of window (\\d+) of (\\S+)";

  private final Clock clock;
  private final Map<Pattern, Form> forms = new LinkedHashMap<>();

  EventLines(Clock clock) {
    this.clock = clock;
    form("the tables are listed: (.*)", m -> new Event.TablesListed(names(m.group(1))));
    form("table (\\S+) is prepared: (\\d+) segments?, (.*)", this::prepared);
    form("export (\\S+) of (\\S+) is being made as (\\S+)", this::exportPending);
    form("export (\\S+) of (\\S+) is ready as (\\S+) with (\\d+) files", this::exportReady);
    form("export (\\S+) of (\\S+) fails, the next one is (\\S+): (.*)", this::exportFailed);
    form("all shards of (\\S+) are listed, stream (\\S+) is (open|closed): (.*)", this::allListed);
    form("children of shard \\S+ of (\\S+) are listed, stream (\\S+): (.*)", this::childrenListed);
    form(FILE + " is durable (up to (\\S+)|to its end)", this::fileDurable);
    form(
        FILE + " stops: (.*)",
        m -> new Event.SplitFault(m.group(4), fileId(m), fault(m.group(4), m.group(5))));
    form(SPLIT + " is durable (up to (\\S+)|to its end)", this::durable);
    form(SPLIT + " has nothing new", m -> new Event.CaughtUp(m.group(5), splitId(m), now()));
    form(
        SPLIT + " stops: (.*)",
        m -> new Event.SplitFault(m.group(5), splitId(m), fault(m.group(5), m.group(6))));
    form("deletes of (\\S+) remove documents now", m -> new Event.DeletesAreReal(m.group(1)));
    form("table (\\S+) is finished", m -> new Event.TableFinished(m.group(1)));
    form("the new copy of (\\S+) is in place", m -> new Event.TableSwapped(m.group(1)));
    form(
        "changes of (\\S+) from (\\S+) to (\\S+) are exported: (\\S+), (\\d+) files?",
        this::exported);
    form("every reader of (\\S+) has stopped", m -> new Event.TableStopped(m.group(1)));
    form("table (\\S+) has no stream", m -> new Event.StreamFound(m.group(1), Optional.empty()));
    form("table (\\S+) has stream (\\S+), which is (open|closed)", this::streamFound);
    form(
        "work on table (\\S+) stops: (.*)",
        m -> new Event.TableFault(m.group(1), fault(m.group(1), m.group(2))));
    form("the applications stop writing", m -> new Event.Freeze(now()));
    form(SPLIT + " is read empty", m -> new Event.ReadEmpty(m.group(5), splitId(m), now()));
    form("the switch is asked for", m -> new Event.CutOver(Optional.empty()));
    form("the checkpoint is stored", m -> new Event.Stored());
    form("the cut-over is called off", m -> new Event.Thaw(true));
    form("the clock ticks", m -> new Event.Tick(now()));
  }

  private void form(String regex, Form form) {
    forms.put(Pattern.compile(regex), form);
  }

  Event event(String line) {
    for (Map.Entry<Pattern, Form> form : forms.entrySet()) {
      Matcher matcher = form.getKey().matcher(line);
      if (matcher.matches()) {
        return form.getValue().event(matcher);
      }
    }
    throw new IllegalArgumentException(
        "no such event: " + line + "\nknown are:\n" + String.join("\n", patterns()));
  }

  private List<String> patterns() {
    return forms.keySet().stream().map(Pattern::pattern).toList();
  }

  private Instant now() {
    return clock.now();
  }

  private static List<String> names(String list) {
    return list.equals("none") ? List.of() : List.of(list.split(", "));
  }

  private Event prepared(Matcher m) {
    String rest = m.group(3);
    boolean fresh = rest.startsWith("nothing else in its collection");
    if (!fresh && !rest.startsWith("other documents in its collection")) {
      throw new IllegalArgumentException("what is in the collection? " + rest);
    }
    Optional<StreamHandle> handle =
        named("stream", rest).map(arn -> new StreamHandle(arn, true, now()));
    Optional<Export> export =
        named("export", rest).map(id -> new Export.Pending(id, now(), "an export"));
    return new Event.TablePrepared(m.group(1), Integer.parseInt(m.group(2)), fresh, handle, export);
  }

  /** As in {@code nothing else in its collection, stream S1, export E1}. */
  private static Optional<String> named(String kind, String list) {
    return Stream.of(list.split(", "))
        .filter(one -> one.startsWith(kind + " "))
        .map(one -> one.substring(kind.length() + 1))
        .findFirst();
  }

  private Event exportPending(Matcher m) {
    Export export = new Export.Pending(m.group(3), now(), "the export " + m.group(3));
    return new Event.ExportSeen(m.group(2), m.group(1), export);
  }

  private Event exportReady(Matcher m) {
    Export export = new Export.Ready(m.group(3), Integer.parseInt(m.group(4)), now());
    return new Event.ExportSeen(m.group(2), m.group(1), export);
  }

  private Event exportFailed(Matcher m) {
    return new Event.ExportSeen(m.group(2), m.group(1), new Export.Failed(m.group(3), m.group(4)));
  }

  private Event allListed(Matcher m) {
    boolean open = m.group(3).equals("open");
    return new Event.ShardsListed(
        m.group(1), m.group(2), new ShardListing(shards(m.group(4)), true, open, now()));
  }

  private Event childrenListed(Matcher m) {
    return new Event.ShardsListed(
        m.group(1), m.group(2), new ShardListing(shards(m.group(3)), false, true, now()));
  }

  /** As in {@code a (closed at 105), b (child of a), c (child of a and b)}. */
  private static List<ShardInfo> shards(String list) {
    List<ShardInfo> shards = new ArrayList<>();
    Pattern form =
        Pattern.compile("(\\S+?)(?: \\((?:child of ([^;)]+))?(?:; )?(?:closed at (\\S+))?\\))?");
    for (String one : list.equals("none") ? new String[0] : list.split(", ")) {
      Matcher m = form.matcher(one);
      if (!m.matches()) {
        throw new IllegalArgumentException("not a shard: " + one);
      }
      Set<String> parents = m.group(2) == null ? Set.of() : Set.of(m.group(2).split(" and "));
      shards.add(new ShardInfo(m.group(1), parents, Optional.ofNullable(m.group(3))));
    }
    return shards;
  }

  private Event durable(Matcher m) {
    Position position = m.group(7) == null ? Position.END : Position.after(m.group(7));
    boolean isShard = m.group(4) != null;
    Optional<Instant> shown = isShard ? Optional.of(now()) : Optional.empty();
    return new Event.Durable(m.group(5), splitId(m), position, shown, shown, now());
  }

  private Event fileDurable(Matcher m) {
    Position position = m.group(6) == null ? Position.END : Position.after(m.group(6));
    return new Event.Durable(m.group(4), fileId(m), position, Optional.empty(), now());
  }

  private static String fileId(Matcher m) {
    int index = Integer.parseInt(m.group(1)) - 1;
    int window = Integer.parseInt(m.group(3));
    return new ChangeFile(m.group(4), window, "", index, Integer.parseInt(m.group(2))).id();
  }

  private Event exported(Matcher m) {
    Instant to = clock.at(m.group(3));
    ChangeExport export = new ChangeExport(m.group(4), Integer.parseInt(m.group(5)), now());
    return new Event.ChangesExported(m.group(1), clock.at(m.group(2)), to, export);
  }

  private static String splitId(Matcher m) {
    if (m.group(4) != null) {
      return m.group(4);
    }
    int index = Integer.parseInt(m.group(2)) - 1;
    int total = Integer.parseInt(m.group(3));
    return m.group(1).startsWith("file")
        ? new ExportFile(m.group(5), "", index, total).id()
        : new ScanSegment(m.group(5), index, total).id();
  }

  private Event streamFound(Matcher m) {
    return new Event.StreamFound(
        m.group(1), Optional.of(new StreamHandle(m.group(2), m.group(3).equals("open"), now())));
  }

  private Fault fault(String table, String text) {
    int colon = text.indexOf(": ");
    String kind = colon < 0 ? text : text.substring(0, colon);
    String message = colon < 0 ? text : text.substring(colon + 2);
    return switch (kind) {
      case "a gap" -> new Fault.Gap(message, null);
      case "a bad item" -> new Fault.Poison(new Rejected(table, "k", message, "{}"));
      case "the table cannot be read" -> new Fault.TableFailed(message, null);
      case "there is no export" -> new Fault.NoBackfill(message, null);
      case "there is no such table" -> new Fault.TableGone(message, null);
      case "there is no such shard" ->
          new SplitGone(message, SplitGone.Answer.NOT_FOUND, now(), null);
      case "its records have expired" ->
          new SplitGone(message, SplitGone.Answer.TRIMMED, now(), null);
      case "there is no such stream" -> new Fault.StreamGone(message, now(), null);
      default -> throw new IllegalArgumentException("no such fault: " + text);
    };
  }
}
