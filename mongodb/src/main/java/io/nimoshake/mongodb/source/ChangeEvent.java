package io.nimoshake.mongodb.source;

import java.time.Instant;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;

/**
 * One event of a change stream, of the kinds that {@link #KINDS} names.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/change-events/">MongoDB Manual,
 *     Change Events</a>
 */
record ChangeEvent(RawBsonDocument event) {
  /** What a stream is asked for. */
  enum Kind {
    INSERT("insert"),
    UPDATE("update"),
    REPLACE("replace"),
    DELETE("delete"),
    DROP("drop"),
    RENAME("rename"),
    DROP_DATABASE("dropDatabase"),
    INVALIDATE("invalidate");

    final String name;

    Kind(String name) {
      this.name = name;
    }
  }

  Kind kind() {
    String name = event.getString("operationType").getValue();
    for (Kind kind : Kind.values()) {
      if (kind.name.equals(name)) {
        return kind;
      }
    }
    throw new IllegalStateException("a change event that was not asked for: " + name);
  }

  /** The token of a stream that goes on after this event. */
  BsonDocument token() {
    return event.getDocument("_id");
  }

  /** The collection of the document; empty for an event of the database. */
  String collection() {
    return namespace("ns");
  }

  /** The new name of a renamed collection. */
  String renamedTo() {
    return namespace("to");
  }

  private String namespace(String field) {
    BsonValue namespace = event.get(field);
    return namespace == null
        ? ""
        : namespace.asDocument().getString("coll", new BsonString("")).getValue();
  }

  /** The document <code>{_id: ...}</code>, without the fields of a shard key. */
  BsonDocument id() {
    return new BsonDocument("_id", event.getDocument("documentKey").get("_id"));
  }

  /** The document as it is now; empty if it is gone. */
  Optional<RawBsonDocument> document() {
    return document("fullDocument");
  }

  /** The document before the change, if it was asked for and the server has it. */
  Optional<RawBsonDocument> before() {
    return document("fullDocumentBeforeChange");
  }

  private Optional<RawBsonDocument> document(String field) {
    BsonValue document = event.get(field);
    return document == null || document.isNull()
        ? Optional.empty()
        : Optional.of((RawBsonDocument) document.asDocument());
  }

  /** When it happened. Before MongoDB 6.0 that is known to the second only. */
  Instant time() {
    BsonValue wallTime = event.get("wallTime");
    if (wallTime != null && wallTime.isDateTime()) {
      return Instant.ofEpochMilli(wallTime.asDateTime().getValue());
    }
    return clusterTime().orElse(Instant.EPOCH);
  }

  /** When it happened by the clock of the cluster, in whole seconds; empty if it does not say. */
  Optional<Instant> clusterTime() {
    BsonValue clusterTime = event.get("clusterTime");
    return clusterTime == null
        ? Optional.empty()
        : Optional.of(
            Instant.ofEpochSecond(Integer.toUnsignedLong(clusterTime.asTimestamp().getTime())));
  }

  int sizeBytes() {
    return event.getByteBuffer().remaining();
  }
}
