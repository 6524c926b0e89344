package io.nimoshake.app.check;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.port.TargetReader;
import io.nimoshake.core.port.TargetReader.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks in the target for documents under keys that no item can have, which an application may
 * write after a cut-over. The source is never asked: it refuses such keys. For one thread.
 */
final class DocumentsOfNoItem {
  private final TablePair pair;
  private final Suspects suspects;
  private final TableProgress progress;
  private final TargetReader target;
  private final List<ItemKey> waiting = new ArrayList<>();

  DocumentsOfNoItem(TablePair pair, Suspects suspects, TableProgress progress) {
    this.pair = pair;
    this.suspects = suspects;
    this.progress = progress;
    this.target = pair.sides().target();
  }

  /**
   * Adds a key. Distinct keys are expected.
   *
   * @param key in the encoding of the target
   */
  void add(ItemKey key) throws Fault {
    waiting.add(key);
    if (waiting.size() == target.maxKeys()) {
      find();
    }
  }

  /** Suspects the documents that are there now under the keys that were added. */
  void find() throws Fault {
    List<Stored> found =
        pair.patience()
            .retrying(
                () -> {
                  List<Stored> answer = new ArrayList<>();
                  target.fetch(pair.schema(), waiting, answer::add);
                  return answer;
                });
    waiting.clear();
    for (Stored stored : found) {
      if (!stored.tombstone()) {
        progress.documents.incrementAndGet();
        suspects.add(Suspect.document(Optional.empty(), stored));
      }
    }
  }
}
