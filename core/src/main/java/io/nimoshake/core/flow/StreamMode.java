package io.nimoshake.core.flow;

import io.nimoshake.core.model.Split;
import io.nimoshake.core.port.WriteMode;

/**
 * The mode in which a table's stream is written. It counts the writes that may leave tombstones, so
 * that it can say when the last of them is over.
 */
public final class StreamMode {
  private WriteMode mode = WriteMode.STREAM;
  private boolean deletesAreReal;
  private int tombstoneBatches;
  private Runnable onNoTombstones;

  /** How batches are written from now on. Deletes that are real stay so. */
  public synchronized void set(WriteMode next) {
    mode = deletesAreReal ? WriteMode.STREAM : next;
  }

  /**
   * The mode for a page that is written now. The caller passes it to {@link #end} afterwards.
   *
   * @param copyMode that of a page of a copy
   */
  public WriteMode begin(Split split, WriteMode copyMode) {
    return split instanceof Split.OfCopy ? copyMode : begin();
  }

  private synchronized WriteMode begin() {
    if (mode == WriteMode.STREAM_WITH_TOMBSTONES) {
      tombstoneBatches++;
    }
    return mode;
  }

  /** The page of this split that began in this mode is over. */
  public void end(Split split, WriteMode begun) {
    if (!(split instanceof Split.OfCopy)) {
      end(begun);
    }
  }

  private void end(WriteMode begun) {
    Runnable notify = null;
    synchronized (this) {
      if (begun == WriteMode.STREAM_WITH_TOMBSTONES && --tombstoneBatches == 0) {
        notify = onNoTombstones;
        onNoTombstones = null;
      }
    }
    if (notify != null) {
      notify.run();
    }
  }

  /** Deletes are real from now on; calls back when the last batch with tombstones is over. */
  public void deleteForReal(Runnable whenDone) {
    synchronized (this) {
      deletesAreReal = true;
      mode = WriteMode.STREAM;
      if (tombstoneBatches > 0) {
        onNoTombstones = whenDone;
        return;
      }
    }
    whenDone.run();
  }
}
