package io.nimoshake.flink;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, closed again in the opposite order. */
final class Closing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  synchronized <T> T keep(T resource) {
    if (resource instanceof AutoCloseable closeable) {
      opened.push(closeable);
    }
    return resource;
  }

  @Override
  public synchronized void close() {
    while (!opened.isEmpty()) {
      AutoCloseable resource = opened.pop();
      try {
        resource.close();
      } catch (Exception e) { // Of whatever kind: the others are to be closed all the same.
        LOG.warn("cannot close {}: {}", resource.getClass().getSimpleName(), e.toString());
      }
    }
  }
}
