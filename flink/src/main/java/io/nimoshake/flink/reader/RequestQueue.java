package io.nimoshake.flink.reader;

import io.nimoshake.flink.wire.WriteRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * From the pipelines to the task's thread. Not bounded by itself: each split has one request in it
 * at most, and what those hold is within the memory budget.
 */
final class RequestQueue {
  private final ArrayDeque<WriteRequest> requests = new ArrayDeque<>();
  private CompletableFuture<Void> available = new CompletableFuture<>();
  private boolean ended;
  private boolean closed;

  /**
   * @return whether it was taken; it is not once this is closed
   */
  boolean put(WriteRequest request) {
    CompletableFuture<Void> wake;
    synchronized (this) {
      if (closed) {
        return false;
      }
      requests.add(request);
      wake = available;
    }
    wake.complete(null);
    return true;
  }

  /** The next, or null if there is none now. */
  synchronized WriteRequest poll() {
    WriteRequest next = requests.poll();
    if (requests.isEmpty() && !ended && available.isDone()) {
      available = new CompletableFuture<>();
    }
    return next;
  }

  /** Completed while there is something to do. */
  synchronized CompletableFuture<Void> available() {
    return available;
  }

  synchronized boolean isEmpty() {
    return requests.isEmpty();
  }

  /** Nothing more will come. */
  void end() {
    CompletableFuture<Void> wake;
    synchronized (this) {
      ended = true;
      wake = available;
    }
    wake.complete(null);
  }

  synchronized boolean isEnded() {
    return ended && requests.isEmpty();
  }

  /** Takes nothing more; what nobody has polled. */
  synchronized List<WriteRequest> close() {
    closed = true;
    List<WriteRequest> rest = new ArrayList<>(requests);
    requests.clear();
    return rest;
  }
}
