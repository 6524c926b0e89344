package io.nimoshake.core.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Slice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which keys are remembered, for how long, and what is said of those that are not. */
class ChangedKeysTest {
  private static final Instant T = Instant.parse("2026-01-31T12:00:00Z");
  private static final long LARGE = 1 << 24;

  @Test
  void keysComeBackInTheirOrderAndInParts() {
    ChangedKeys changed = new ChangedKeys(new ChangedKeys.Budget(LARGE), T);
    List<String> all = IntStream.range(0, 1_000).mapToObj(i -> "key" + i).toList();
    for (int i = 0; i < all.size(); i += 100) {
      add(changed, i, all.subList(i, i + 100));
    }
    List<String> read = new ArrayList<>();
    long from = changed.firstSince(T);
    while (from < changed.end()) {
      ChangedKeys.Part part = changed.part(from, 37);
      assertTrue(part.keys().size() <= 37);
      part.keys().forEach(key -> read.add(key.toUtf8()));
      from = part.next();
    }
    assertEquals(all, read);
    assertEquals(T, changed.part(from, 1).since());
  }

  /** Some that changed earlier may be among them, but none is missing. */
  @Test
  void thoseThatChangedSinceAMomentAreAmongThem() {
    ChangedKeys changed = new ChangedKeys(new ChangedKeys.Budget(LARGE), T);
    for (int second = 0; second < 3_000; second++) {
      add(changed, second, List.of("at " + second));
    }
    List<String> late = since(changed, 2_900);
    assertTrue(late.containsAll(IntStream.range(2_900, 3_000).mapToObj(i -> "at " + i).toList()));
    assertTrue(late.size() < 3_000, "everything: " + late.size());
    assertEquals(List.of(), since(changed, 3_000));
  }

  @Test
  void thoseOfMoreThanAnHourAgoAreForgotten() {
    ChangedKeys changed = new ChangedKeys(new ChangedKeys.Budget(LARGE), T);
    for (int second = 0; second < 20_000; second++) {
      add(changed, second, List.of("at " + second));
    }
    Instant since = changed.part(changed.end(), 1).since();
    assertTrue(since.isAfter(T.plusSeconds(9_000)), since::toString);
    assertTrue(!since.isAfter(T.plusSeconds(20_000 - 3_600)), since::toString);
    List<String> all = since(changed, 0);
    assertTrue(
        all.containsAll(
            IntStream.range((int) (since.getEpochSecond() - T.getEpochSecond()) + 1, 20_000)
                .mapToObj(i -> "at " + i)
                .toList()));
  }

  @Test
  void theMemoryIsBoundedAndItSaysSinceWhenItHasAll() {
    ChangedKeys.Budget budget = new ChangedKeys.Budget(1 << 20);
    ChangedKeys busy = new ChangedKeys(budget, T);
    ChangedKeys idle = new ChangedKeys(budget, T);
    for (int i = 0; i < 100_000; i++) {
      add(busy, i / 1_000, List.of("a key of thirty bytes " + i));
    }
    add(idle, 100, List.of("x"));
    int held = since(busy, 0).size();
    assertTrue(held * 34 < 1 << 20, "held " + held);
    assertTrue(held * 34 > 1 << 18, "held " + held);
    Instant since = busy.part(0, 1).since();
    assertTrue(since.isAfter(T.plusSeconds(80)), since::toString);
    assertEquals(List.of("x"), since(idle, 0));
    assertEquals(T, idle.part(0, 1).since());
  }

  private static List<String> since(ChangedKeys changed, int second) {
    long from = changed.firstSince(T.plusSeconds(second));
    return changed.part(from, Integer.MAX_VALUE).keys().stream().map(Slice::toUtf8).toList();
  }

  private static void add(ChangedKeys changed, int second, List<String> keys) {
    List<Change> changes = new ArrayList<>();
    keys.forEach(key -> changes.add(new Change.Delete(new ItemKey(Slice.utf8(key)))));
    changed.add(changes, T.plusSeconds(second).toEpochMilli());
  }
}
