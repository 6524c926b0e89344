package io.nimoshake.testkit.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A request for an incremental export.
 *
 * @param from inclusive
 * @param to exclusive
 * @param view {@code NEW_IMAGE} or {@code NEW_AND_OLD_IMAGES}
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_IncrementalExportSpecification.html">
 *     IncrementalExportSpecification</a>
 */
record WindowRequest(Instant from, Instant to, String view) {
  private static final Duration SHORTEST = Duration.ofMinutes(15);
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final String BOTH_IMAGES = "NEW_AND_OLD_IMAGES";
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Why the service does not take a request.
   *
   * @param type name of the exception
   */
  record Refusal(String type, String message) {}

  /**
   * Reads the member {@code IncrementalExportSpecification}.
   *
   * @param latest the end of the window if the request gives none
   */
  static WindowRequest of(JsonNode specification, Instant latest) {
    return new WindowRequest(
        time(specification, "ExportFromTime", Instant.MIN),
        time(specification, "ExportToTime", latest),
        specification.path("ExportViewType").asText(BOTH_IMAGES));
  }

  private static Instant time(JsonNode specification, String member, Instant missing) {
    JsonNode time = specification.path(member);
    return time.isNumber() ? Instant.ofEpochMilli(Math.round(time.asDouble() * 1000)) : missing;
  }

  /**
   * @param earliest since when the past of the table is kept
   * @param latest until when it is
   */
  Optional<Refusal> refusal(Instant earliest, Instant latest) {
    if (from.equals(Instant.MIN)) {
      return Optional.of(new Refusal("ValidationException", "ExportFromTime is missing"));
    }
    Duration length = Duration.between(from, to);
    if (length.compareTo(SHORTEST) < 0 || length.compareTo(LONGEST) > 0) {
      return Optional.of(
          new Refusal("ValidationException", "the window is not 15 minutes to 24 hours long"));
    }
    if (!List.of(BOTH_IMAGES, "NEW_IMAGE").contains(view)) {
      return Optional.of(new Refusal("ValidationException", "no such ExportViewType"));
    }
    if (from.isBefore(earliest) || to.isAfter(latest)) {
      return Optional.of(
          new Refusal("InvalidExportTimeException", "the window is not in the recovery window"));
    }
    return Optional.empty();
  }

  /**
   * Lines of the data files. An item that was neither there before the window nor at its end has
   * none.
   */
  List<String> lines(ChangeLog changes, String table) {
    return changes.changes(table, from, to).stream()
        .filter(change -> change.before().isPresent() || change.after().isPresent())
        .map(this::line)
        .toList();
  }

  private String line(ChangeLog.Change change) {
    Instant written = change.written();
    long micros = written.getEpochSecond() * 1_000_000 + written.getNano() / 1_000;
    ObjectNode line = JSON.createObjectNode();
    line.putObject("Metadata").putObject("WriteTimestampMicros").put("N", String.valueOf(micros));
    line.set("Keys", change.key());
    if (view.equals(BOTH_IMAGES)) {
      change.before().ifPresent(image -> line.set("OldImage", image));
    }
    change.after().ifPresent(image -> line.set("NewImage", image));
    return line.toString();
  }
}
