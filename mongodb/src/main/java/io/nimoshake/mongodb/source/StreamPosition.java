package io.nimoshake.mongodb.source;

import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.json.JsonMode;
import org.bson.json.JsonParseException;
import org.bson.json.JsonWriterSettings;

/**
 * Where a change stream starts. As a text, it is a JSON object with the option of {@code
 * $changeStream} that starts the stream there, so that the checkpoint can be read by people.
 */
sealed interface StreamPosition {
  /** After the change, or after the moment, that a resume token stands for. */
  record Token(BsonDocument resumeToken) implements StreamPosition {}

  /** At this time of the deployment: with the first change that is not older. */
  record Time(BsonTimestamp operationTime) implements StreamPosition {}

  /** Both options are known to MongoDB 4.2 and newer. */
  String START_AFTER = "startAfter";

  String START_AT = "startAtOperationTime";

  static String format(StreamPosition position) {
    BsonDocument option =
        position instanceof Token token
            ? new BsonDocument(START_AFTER, token.resumeToken())
            : new BsonDocument(START_AT, ((Time) position).operationTime());
    return option.toJson(JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build());
  }

  /**
   * The position that {@link #format} has written.
   *
   * @throws IllegalArgumentException if it is none
   */
  static StreamPosition parse(String token) {
    try {
      BsonDocument option = BsonDocument.parse(token);
      BsonValue after = option.get(START_AFTER);
      return after == null
          ? new Time(option.getTimestamp(START_AT))
          : new Token(after.asDocument());
    } catch (JsonParseException | org.bson.BsonInvalidOperationException e) {
      throw new IllegalArgumentException("not a position of a change stream: " + token, e);
    }
  }
}
