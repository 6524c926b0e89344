package io.nimoshake.core.port;

import io.nimoshake.core.fault.Fault;
import java.util.Map;

/**
 * Small texts beside a checkpoint, each under a name. They say nothing of what the sync has done,
 * so writing one needs no lease: the last text of a name counts. Methods block, and can be
 * repeated.
 */
public interface Notes extends AutoCloseable {
  /** All texts, by their names. */
  Map<String, String> notes() throws Fault;

  /** Puts a text in the place of the one of this name. */
  void note(String name, String text) throws Fault;

  @Override
  void close();
}
