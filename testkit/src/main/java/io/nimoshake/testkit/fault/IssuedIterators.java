package io.nimoshake.testkit.fault;

import io.nimoshake.testkit.wire.Answer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Remembers to which shard an iterator belongs, which its text does not tell. Of more than {@value
 * #MOST} the oldest are forgotten.
 */
final class IssuedIterators {
  private static final int MOST = 100_000;
  private static final Pattern ITERATOR =
      Pattern.compile("\"(?:Next)?ShardIterator\"\\s*:\\s*\"([^\"]*)\"");

  /** A shard. */
  record Origin(String stream, String shard) {}

  private final Map<String, Origin> origins =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Origin> eldest) {
          return size() > MOST;
        }
      };

  synchronized Optional<Origin> origin(String iterator) {
    return Optional.ofNullable(origins.get(iterator));
  }

  /** Looks for an iterator in an answer. */
  void learn(DynamoCall call, Answer answer) {
    if (call.name().equals("GetShardIterator") || call.name().equals("GetRecords")) {
      Matcher issued = ITERATOR.matcher(new String(answer.body(), StandardCharsets.UTF_8));
      if (issued.find()) {
        call.origin().ifPresent(origin -> put(issued.group(1), origin));
      }
    }
  }

  private synchronized void put(String iterator, Origin origin) {
    origins.put(iterator, origin);
  }
}
