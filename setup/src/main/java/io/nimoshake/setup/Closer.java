package io.nimoshake.setup;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes resources in the opposite order of their opening. Logs each one that fails to close. */
public final class Closer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Closer.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Remembers a resource if it can be closed, and returns it. */
  public synchronized <T> T keep(T resource) {
    if (resource instanceof AutoCloseable closeable) {
      opened.push(closeable);
    }
    return resource;
  }

  /** Closes all resources, the last one opened first. */
  @Override
  public synchronized void close() {
    while (!opened.isEmpty()) {
      AutoCloseable resource = opened.pop();
      try {
        resource.close();
        // Of any kind: the other resources must still be closed.
      } catch (Exception e) {
        LOG.warn("cannot close {}: {}", resource.getClass().getSimpleName(), e.toString());
      }
    }
  }
}
