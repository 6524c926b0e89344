package io.nimoshake.mongodb.source;

import java.time.Instant;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonValue;

/**
 * How far a change stream was read, from its resume tokens. "You can compare and sort the resume
 * tokens": that is because a token begins with the time of the cluster, in a form whose bytes sort.
 * A token of a batch says that the stream has told every change up to its time, also where no event
 * came: "the resume token of a batch" stands for its end.
 *
 * <p>MongoDB does not promise the form. So it is compared with {@code clusterTime} of each event,
 * which is documented, and if both differ once, no token counts any more.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/changeStreams/">MongoDB Manual, Change Streams:
 *     Resume Tokens from Change Events</a>
 * @see <a
 *     href="https://github.com/mongodb/mongo/blob/master/src/mongo/db/pipeline/resume_token.cpp">
 *     MongoDB, resume_token.cpp</a>
 */
final class TokenTime {
  /** A timestamp in the sortable form: this byte, four of seconds, four of the ordinal. */
  private static final String TIMESTAMP = "82";

  private static final int SECONDS_END = TIMESTAMP.length() + 8;
  private static final int TIMESTAMP_END = SECONDS_END + 8;

  private boolean isTrusted = true;

  /** An event has come: the time of its token must be its own. */
  void learnFrom(ChangeEvent event) {
    Optional<Instant> told = event.clusterTime();
    if (told.isPresent() && !told.equals(parse(event.token()))) {
      isTrusted = false;
    }
  }

  /**
   * Every change of the cluster before this moment comes before the token; whole seconds. Empty if
   * the token does not say it.
   */
  Optional<Instant> of(BsonDocument token) {
    return isTrusted ? parse(token) : Optional.empty();
  }

  private static Optional<Instant> parse(BsonDocument token) {
    BsonValue data = token.get("_data");
    String text = data == null || !data.isString() ? "" : data.asString().getValue();
    if (!text.startsWith(TIMESTAMP) || text.length() < TIMESTAMP_END) {
      return Optional.empty();
    }
    try {
      long seconds = Long.parseLong(text.substring(TIMESTAMP.length(), SECONDS_END), 16);
      return Optional.of(Instant.ofEpochSecond(seconds));
    } catch (NumberFormatException e) {
      // A form that is not known says nothing.
      return Optional.empty();
    }
  }
}
