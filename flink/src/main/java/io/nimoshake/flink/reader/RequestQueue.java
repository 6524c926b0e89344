package io.nimoshake.flink.reader;

import io.nimoshake.flink.wire.WriteRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Carries requests from the pipelines to the task's thread. It has no limit of its own: each split
 * has at most one request in it, and the memory budget limits their size.
 */
final class RequestQueue {
  private final ArrayDeque<WriteRequest> requests = new ArrayDeque<>();
  private CompletableFuture<Void> available = new CompletableFuture<>();
  private boolean ended;
  private boolean closed;

  /**
   * @return whether the request was taken; false after {@link #close}
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

  /** The next request, or null if there is none now. */
  synchronized WriteRequest poll() {
    WriteRequest next = requests.poll();
    if (requests.isEmpty() && !ended && available.isDone()) {
      available = new CompletableFuture<>();
    }
    return next;
  }

  /** Completed while a request is waiting or the queue has ended. */
  synchronized CompletableFuture<Void> available() {
    return available;
  }

  synchronized boolean isEmpty() {
    return requests.isEmpty();
  }

  /** Ends the queue: no more requests will come. */
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

  /** Closes the queue. Returns the requests that nobody has polled. */
  synchronized List<WriteRequest> close() {
    closed = true;
    List<WriteRequest> rest = new ArrayList<>(requests);
    requests.clear();
    return rest;
  }
}
