package io.nimoshake.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChangeBatchTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  /** Pages of few keys, so that most come several times; the first page is empty. */
  @Test
  void theLastChangeOfAKeyWins() {
    for (int seed = 0; seed < 300; seed++) {
      List<Integer> keys = new Random(seed).ints(seed % 60, 0, 6).boxed().toList();
      assertTheLastChangeOfAKeyWins(keys);
    }
  }

  private static void assertTheLastChangeOfAKeyWins(List<Integer> keys) {
    ChangeBatch.Builder builder = ChangeBatch.builder();
    Map<ItemKey, Change> last = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      Change change = put("k" + keys.get(i), "v" + i);
      builder.add(change);
      last.put(change.key(), change);
    }
    ChangeBatch batch = builder.build(Position.END);
    assertEquals(List.copyOf(last.values()), batch.changes(), keys::toString);
    assertEquals(keys.size(), batch.itemsRead());
    assertEquals(keys.size() - last.size(), batch.coalesced());
    assertEquals(last.values().stream().mapToLong(Change::sizeBytes).sum(), batch.bytes());
  }

  @Test
  void recordsOlderThanTheCopyAreLeftOut() {
    ChangeBatch batch =
        ChangeBatch.builder(new Split.StreamShard("t", "arn", "s", Set.of(), Optional.empty(), T0))
            .add(put("a", "1"), T0.minusNanos(1))
            .add(put("b", "1"), T0)
            .build(Position.after("1"));
    assertEquals(List.of(put("b", "1")), batch.changes());
    assertEquals(1, batch.skipped());
    assertEquals(Optional.of(T0), batch.newestRecord());
  }

  private static Change put(String key, String document) {
    return new Change.Upsert(new ItemKey(Slice.utf8(key)), Slice.utf8(document));
  }
}
