package io.nimoshake.mongodb.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.CheckpointEntry;
import io.nimoshake.core.port.Lease;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;

/**
 * Turns checkpoint entries into documents and back, without loss. Shards and the state of the sync
 * have the fields and values of the Go tool, and further fields of this program. The Go tool's
 * documents have no field {@link #KIND}. Times are ISO-8601 texts in UTC, exact to the nanosecond;
 * the Go tool has texts there, too.
 */
public final class CheckpointDocuments {
  /** Version of the format. It is raised when an older reader could misread a document. */
  public static final int FORMAT = 1;

  static final String KIND = "Kind";
  public static final String STATUS_KEY = "status_key";

  private CheckpointDocuments() {}

  /** The kinds of documents; the values of {@link #KIND} are these in lower case. */
  private enum Kind {
    SYNC,
    MAPPING,
    DIRECTION,
    TABLE,
    SEGMENT,
    FILE,
    CHANGE_FILE,
    SHARD,
    CHANGE_STREAM,
    DOCUMENTS,
    LEFTOVERS,
    SPLIT_FORGOTTEN,
    TABLE_FORGOTTEN
  }

  public static Document toDocument(CheckpointEntry entry) {
    if (entry instanceof CheckpointEntry.OfSync sync) {
      return document(Kind.SYNC)
          .append("Key", STATUS_KEY)
          .append(
              GoCheckpoint.STATUS_VALUE,
              sync.copied() ? GoCheckpoint.COPIED : GoCheckpoint.COPYING);
    }
    if (entry instanceof CheckpointEntry.OfMapping mapping) {
      return document(Kind.MAPPING).append("Text", mapping.text());
    }
    if (entry instanceof CheckpointEntry.OfDirection live) {
      return document(Kind.DIRECTION)
          .append("Direction", live.direction().name())
          .append("At", live.at().toString())
          .append("WayBack", live.wayBack().orElse(""));
    }
    if (entry instanceof CheckpointEntry.OfTable table) {
      return document(Kind.TABLE)
          .append("Table", table.table())
          .append("Phase", table.phase().name())
          .append("Started", text(table.started()))
          .append("Streams", table.streams())
          .append("Segments", table.segments())
          .append("Fresh", table.fresh())
          .append("Beside", table.beside())
          .append("Export", table.export().orElse(""))
          .append("Backfill", table.backfill().map(BackfillDocuments::toDocument).orElse(null));
    }
    if (entry instanceof CheckpointEntry.OfSplit split) {
      return position(name(split.split()), split);
    }
    if (entry instanceof CheckpointEntry.SplitForgotten forgotten) {
      return document(Kind.SPLIT_FORGOTTEN)
          .append("Table", forgotten.table())
          .append("Split", forgotten.splitId());
    }
    return document(Kind.TABLE_FORGOTTEN)
        .append("Table", ((CheckpointEntry.TableForgotten) entry).table());
  }

  /**
   * The entry of a document.
   *
   * @throws IllegalArgumentException if {@link #toDocument} did not make it
   */
  public static CheckpointEntry toEntry(Document document) {
    return switch (Kind.valueOf(document.getString(KIND).toUpperCase(java.util.Locale.ROOT))) {
      case SYNC ->
          new CheckpointEntry.OfSync(
              GoCheckpoint.COPIED.equals(document.getString(GoCheckpoint.STATUS_VALUE)));
      case MAPPING -> new CheckpointEntry.OfMapping(document.getString("Text"));
      case DIRECTION ->
          new CheckpointEntry.OfDirection(
              CheckpointEntry.Direction.valueOf(document.getString("Direction")),
              Instant.parse(document.getString("At")),
              optional(document.getString("WayBack")));
      case TABLE ->
          new CheckpointEntry.OfTable(
              document.getString("Table"),
              CheckpointEntry.Phase.valueOf(document.getString("Phase")),
              instant(document, "Started"),
              document.getList("Streams", String.class),
              document.getInteger("Segments"),
              document.getBoolean("Fresh"),
              document.getBoolean("Beside"),
              // older versions did not write this field
              optional(document.get("Export", "")),
              Optional.ofNullable(document.get("Backfill", Document.class))
                  .map(BackfillDocuments::toBackfill));
      case SEGMENT ->
          split(
              document,
              new Split.ScanSegment(
                  document.getString("Table"),
                  document.getInteger("Segment"),
                  document.getInteger("Segments")));
      case FILE ->
          split(
              document,
              new Split.ExportFile(
                  document.getString("Table"),
                  document.getString("Export"),
                  document.getInteger("File"),
                  document.getInteger("Files")));
      case CHANGE_FILE ->
          split(
              document,
              new Split.ChangeFile(
                  document.getString("Table"),
                  document.getInteger("Window"),
                  document.getString("Export"),
                  document.getInteger("File"),
                  document.getInteger("Files")));
      case SHARD ->
          split(
              document,
              new Split.StreamShard(
                  document.getString("Table"),
                  document.getString("StreamArn"),
                  document.getString("ShardId"),
                  Set.copyOf(document.getList("Parents", String.class)),
                  optional(document.getString("EndingSequenceNumber")),
                  instant(document, "IgnoreBefore").orElse(Instant.MIN)));
      case CHANGE_STREAM -> split(document, new Split.ChangeStream(document.getString("Table")));
      case DOCUMENTS -> split(document, new Split.Documents(document.getString("Table")));
      case LEFTOVERS ->
          split(
              document,
              new Split.Leftovers(
                  document.getString("Table"),
                  document.getInteger("Segment"),
                  document.getInteger("Segments")));
      case SPLIT_FORGOTTEN ->
          new CheckpointEntry.SplitForgotten(
              document.getString("Table"), document.getString("Split"));
      case TABLE_FORGOTTEN -> new CheckpointEntry.TableForgotten(document.getString("Table"));
    };
  }

  public static Document ofLease(Lease lease) {
    return new Document("Fence", lease.fence())
        .append("Host", lease.host())
        .append("Kernel", lease.kernel())
        .append("Pid", lease.pid())
        .append("ProcessStarted", lease.processStarted().toString())
        .append("Expires", lease.expires().toString());
  }

  public static Lease toLease(Document document) {
    return new Lease(
        number(document, "Fence"),
        document.getString("Host"),
        // A lease of before this field says nothing of where its holder runs.
        document.get("Kernel", ""),
        number(document, "Pid"),
        Instant.parse(document.getString("ProcessStarted")),
        Instant.parse(document.getString("Expires")));
  }

  /** A whole number. JSON gives it back as an int or a long. */
  public static long number(Document document, String field) {
    return document.get(field, Number.class).longValue();
  }

  /** What names a split. */
  private static Document name(Split split) {
    if (split instanceof Split.StreamShard shard) {
      return ofShard(shard);
    }
    if (split instanceof Split.ChangeStream) {
      return document(Kind.CHANGE_STREAM).append("Table", split.table());
    }
    if (split instanceof Split.Documents) {
      return document(Kind.DOCUMENTS).append("Table", split.table());
    }
    if (split instanceof Split.Leftovers part) {
      return ofSegment(Kind.LEFTOVERS, split, part.index(), part.total());
    }
    if (split instanceof Split.ExportFile file) {
      Document named = document(Kind.FILE).append("Table", split.table());
      return ofFile(named, file.export(), file.index(), file.total());
    }
    if (split instanceof Split.ChangeFile file) {
      Document named =
          document(Kind.CHANGE_FILE).append("Table", split.table()).append("Window", file.window());
      return ofFile(named, file.export(), file.index(), file.total());
    }
    Split.ScanSegment segment = (Split.ScanSegment) split;
    return ofSegment(Kind.SEGMENT, split, segment.index(), segment.total());
  }

  private static Document ofShard(Split.StreamShard shard) {
    List<String> parents = shard.parents().stream().sorted().toList();
    return document(Kind.SHARD)
        .append("Table", shard.table())
        .append("ShardId", shard.shardId())
        .append("FatherId", parents.isEmpty() ? "" : parents.get(0))
        .append("Parents", parents)
        .append("StreamArn", shard.streamArn())
        .append("EndingSequenceNumber", shard.endingSequenceNumber().orElse(""))
        .append(
            "IgnoreBefore",
            shard.ignoreBefore().equals(Instant.MIN) ? "" : shard.ignoreBefore().toString())
        .append("WorkerId", "nimo-shake")
        .append("ShardIt", "see sequence number");
  }

  private static Document ofSegment(Kind kind, Split split, int index, int total) {
    return document(kind)
        .append("Table", split.table())
        .append("Segment", index)
        .append("Segments", total);
  }

  private static Document ofFile(Document named, String export, int index, int total) {
    return named.append("Export", export).append("File", index).append("Files", total);
  }

  /** The Go tool's fields for a position. A segment has its last key for a sequence number. */
  private static Document position(Document document, CheckpointEntry.OfSplit entry) {
    String status = GoShard.IN_PROCESSING;
    String type = GoShard.TRIM_HORIZON;
    String token = "";
    if (entry.position() instanceof Position.Beginning) {
      status = GoShard.NOT_STARTED;
    } else if (entry.position() instanceof Position.End) {
      status = GoShard.DONE;
    } else if (entry.position() instanceof Position.At at) {
      type = GoShard.AT;
      token = at.token();
    } else if (entry.position() instanceof Position.After after) {
      type = GoShard.AFTER;
      token = after.token();
    }
    return document
        .append("Status", status)
        .append("IteratorType", type)
        .append("SequenceNumber", token)
        .append("UpdateDate", entry.updated().toString())
        .append("ApproximateTime", text(entry.recordTime()))
        .append("CompleteUntil", text(entry.completeUntil()));
  }

  /** Reads also a document that the Go tool has changed, which writes other values. */
  private static CheckpointEntry.OfSplit split(Document document, Split split) {
    GoShard shard = GoShard.of(document);
    try {
      Position position = shard.position().orElseThrow(IllegalArgumentException::new);
      return new CheckpointEntry.OfSplit(
          split,
          position,
          shard.recordTime(),
          GoShard.time(document.getString("UpdateDate")).orElse(Instant.EPOCH),
          // older versions did not write this field
          document.containsKey("CompleteUntil")
              ? instant(document, "CompleteUntil")
              : Optional.empty());
    } catch (Fault.Fatal e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Document document(Kind kind) {
    return new Document(KIND, kind.name().toLowerCase(java.util.Locale.ROOT));
  }

  private static String text(Optional<Instant> time) {
    return time.map(Instant::toString).orElse("");
  }

  private static Optional<Instant> instant(Document document, String field) {
    return optional(document.getString(field)).map(Instant::parse);
  }

  private static Optional<String> optional(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
