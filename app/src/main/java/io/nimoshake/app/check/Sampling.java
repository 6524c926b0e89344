package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.core.port.TargetReader.Stored;
import io.nimoshake.dynamodb.convert.KeyCodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Compares a random sample: the first items of random segments of the source, and random documents
 * of the target. For one thread.
 */
final class Sampling {
  /** The number of segments that a large sample is spread over. */
  static final int PARTS = 64;

  private static final int MOST_SEGMENTS = 4_096;

  private final TablePair pair;
  private final Suspects suspects;
  private final TableProgress progress;

  Sampling(TablePair pair, Suspects suspects, TableProgress progress) {
    this.pair = pair;
    this.suspects = suspects;
    this.progress = progress;
  }

  /** How many items of each segment to take. */
  static int itemsAPart(int sample) {
    return Math.max(1, (sample + PARTS - 1) / PARTS);
  }

  void compare(int sample) throws Fault {
    progress.expect(sample);
    compareItems(sample);
    progress.enter(TableProgress.Stage.LISTING);
    lookUpDocuments(sample);
  }

  private void compareItems(int sample) throws Fault {
    int each = itemsAPart(sample);
    long fitting = Math.max(1, pair.schema().approximateItems() / each);
    int segments = (int) Math.min(MOST_SEGMENTS, Math.max(fitting, 1));
    List<Integer> order = new ArrayList<>(IntStream.range(0, segments).boxed().toList());
    Collections.shuffle(order);
    PageComparison comparison = new PageComparison(pair, new KeyBuckets(0, 0), suspects, progress);
    int taken = 0;
    for (int index : order) {
      if (taken >= sample) {
        return;
      }
      taken +=
          compareSome(new ScanSegment(pair.name(), index, segments), sample - taken, comparison);
    }
  }

  /** Compares the first items of a segment, or all that are wanted if there is only one segment. */
  private int compareSome(ScanSegment segment, int most, PageComparison comparison) throws Fault {
    Patience patience = pair.patience();
    int taken = 0;
    try (SplitReader reader = pair.sides().sampled().open(segment, Position.BEGINNING)) {
      boolean more = true;
      while (more && taken < most) {
        ChangeBatch page = patience.read(reader);
        List<Change> some =
            page.changes().subList(0, Math.min(page.changes().size(), most - taken));
        ChangeBatch.Builder kept = ChangeBatch.builder();
        some.forEach(kept::add);
        comparison.compare(kept.build(page.position()));
        taken += some.size();
        more = !page.isEnd() && segment.total() == 1;
      }
    }
    return taken;
  }

  private void lookUpDocuments(int sample) throws Fault {
    KeyCodec codec = pair.codec();
    List<Stored> documents =
        pair.patience().retrying(() -> pair.sides().target().sample(pair.schema(), sample));
    List<ItemKey> keys = new ArrayList<>();
    for (Stored stored : documents) {
      stored.key().flatMap(codec::decode).ifPresent(keys::add);
    }
    var existing = pair.items().existing(keys);
    for (Stored stored : documents) {
      if (stored.tombstone()) {
        continue;
      }
      progress.documents.incrementAndGet();
      Optional<ItemKey> key = stored.key().flatMap(codec::decode);
      if (key.isEmpty() || !existing.contains(key.get())) {
        suspects.add(Suspect.document(key, stored));
      }
    }
  }
}
