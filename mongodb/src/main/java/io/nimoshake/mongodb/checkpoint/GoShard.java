package io.nimoshake.mongodb.checkpoint;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Optional;
import org.bson.Document;

/**
 * One shard in a checkpoint of the Go tool, with the names and values of that tool.
 *
 * @param fatherId id of the parent shard; empty if there is none
 * @param shardIt an expired iterator or a placeholder
 * @param approximateTime creation time of the last record written, as Go prints times
 */
public record GoShard(
    String shardId,
    String fatherId,
    String sequenceNumber,
    String status,
    String iteratorType,
    String shardIt,
    String approximateTime) {
  static final String NOT_STARTED = "not process";
  static final String IN_PROCESSING = "in processing";
  static final String DONE = "done";
  static final String TRIM_HORIZON = "TRIM_HORIZON";
  static final String AT = "AT_SEQUENCE_NUMBER";
  static final String AFTER = "AFTER_SEQUENCE_NUMBER";

  private static final String LATEST = "LATEST";

  /** Reads {@code 2026-11-23 01:02:03.5 +0000 UTC} without the redundant name of the zone. */
  private static final DateTimeFormatter GO_TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendPattern(" xx")
          .toFormatter();

  public static GoShard of(Document document) {
    return new GoShard(
        text(document, "ShardId"),
        text(document, "FatherId"),
        text(document, "SequenceNumber"),
        text(document, "Status"),
        text(document, "IteratorType"),
        text(document, "ShardIt"),
        text(document, "ApproximateTime"));
  }

  /**
   * How far the shard was written. The record <em>at</em> a sequence number may have been written
   * already; writing it again does no harm.
   *
   * @return empty if the copy of the table never finished
   * @throws Fault.Fatal if the Go tool does not use this status
   */
  public Optional<Position> position() throws Fault.Fatal {
    return switch (status) {
      case DONE, "no need to process" -> Optional.of(Position.END);
      case NOT_STARTED, "wait father finish" -> Optional.of(Position.BEGINNING);
      case "prepare stage", IN_PROCESSING -> positionInside();
      default ->
          throw new Fault.Fatal(
              "shard " + shardId + " in the checkpoint has an unknown status: " + status);
    };
  }

  private Optional<Position> positionInside() {
    if (iteratorType.equals(TRIM_HORIZON)) {
      return Optional.of(Position.BEGINNING);
    }
    // The Go tool notes LATEST before the copy. Without an iterator it never began to read the
    // shard, so it is not sure that the copy was complete.
    if (sequenceNumber.isEmpty() || iteratorType.equals(LATEST) && shardIt.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        iteratorType.equals(AFTER)
            ? Position.after(sequenceNumber)
            : new Position.At(sequenceNumber));
  }

  /** Creation time of the last record written, if known. */
  public Optional<Instant> recordTime() {
    return time(approximateTime);
  }

  /** Reads a time as Go prints it, or in ISO format; empty if it is neither. */
  static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException notIso) {
      int zoneName = text.lastIndexOf(' ');
      try {
        return Optional.of(
            OffsetDateTime.parse(text.substring(0, Math.max(zoneName, 0)), GO_TIME).toInstant());
      } catch (DateTimeException unknown) {
        return Optional.empty();
      }
    }
  }

  private static String text(Document document, String field) {
    return document.get(field) instanceof String text ? text : "";
  }
}
