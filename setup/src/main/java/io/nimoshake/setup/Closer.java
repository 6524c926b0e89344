package io.nimoshake.setup;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, closed again in the opposite order. Of one that cannot be closed it tells. */
public final class Closer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Closer.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Remembers what is to be closed, if it can be, and gives it back. */
  public synchronized <T> T keep(T resource) {
    if (resource instanceof AutoCloseable closeable) {
      opened.push(closeable);
    }
    return resource;
  }

  /** Closes all, the last one opened first. */
  @Override
  public synchronized void close() {
    while (!opened.isEmpty()) {
      AutoCloseable resource = opened.pop();
      try {
        resource.close();
        // Of whatever kind: the others are to be closed all the same.
      } catch (Exception e) {
        LOG.warn("cannot close {}: {}", resource.getClass().getSimpleName(), e.toString());
      }
    }
  }
}
