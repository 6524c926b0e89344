package io.nimoshake.mongodb.checkpoint;

import io.nimoshake.core.port.CheckpointEntry.Backfill;
import io.nimoshake.core.port.CheckpointEntry.Window;
import java.time.Instant;
import java.util.Optional;
import org.bson.Document;

/** Turns the state of a backfill, a part of a table's entry, into a document and back. */
final class BackfillDocuments {
  private BackfillDocuments() {}

  static Document toDocument(Backfill backfill) {
    return new Document("Cause", backfill.cause())
        .append("From", backfill.from().toString())
        .append("Applied", backfill.applied().toString())
        .append("Until", backfill.until().toString())
        .append("Written", backfill.written().toString())
        .append("Windows", backfill.windows())
        .append("Window", backfill.window().map(BackfillDocuments::toDocument).orElse(null));
  }

  private static Document toDocument(Window window) {
    return new Document("From", window.from().toString())
        .append("To", window.to().toString())
        .append("Export", window.export().orElse(null))
        .append("Files", window.files());
  }

  static Backfill toBackfill(Document document) {
    return new Backfill(
        document.getString("Cause"),
        instant(document, "From"),
        instant(document, "Applied"),
        instant(document, "Until"),
        // A checkpoint of a version before this field knows no more than that.
        instant(document, document.containsKey("Written") ? "Written" : "From"),
        document.getInteger("Windows"),
        Optional.ofNullable(document.get("Window", Document.class))
            .map(BackfillDocuments::toWindow));
  }

  private static Window toWindow(Document document) {
    return new Window(
        instant(document, "From"),
        instant(document, "To"),
        Optional.ofNullable(document.getString("Export")),
        document.getInteger("Files"));
  }

  private static Instant instant(Document document, String field) {
    return Instant.parse(document.getString(field));
  }
}
