package io.nimoshake.app.sync;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Source.StreamHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The streams of DynamoDB by which a sync can follow again after a return. They are looked for
 * before the applications are told to switch, so that no change of theirs is missed.
 */
final class ForwardStreams {
  private final Source dynamo;

  /**
   * @param dynamo the source of the way forward; it is not closed here
   */
  ForwardStreams(Source dynamo) {
    this.dynamo = dynamo;
  }

  /**
   * Enables the streams that were disabled since the cut-over, all of them at once.
   *
   * @throws Fault if not every stream is enabled yet
   */
  void enable(Collection<String> tables) throws Fault {
    List<String> waiting = new ArrayList<>();
    for (String table : tables) {
      if (dynamo.ensureStream(table).isEmpty()) {
        waiting.add(table);
      }
    }
    if (!waiting.isEmpty()) {
      throw new Fault.Transient(
          (waiting.size() == 1 ? "the stream of table " : "the streams of tables ")
              + String.join(", ", waiting)
              + (waiting.size() == 1 ? " is" : " are")
              + " being enabled: try again in a moment",
          null);
    }
  }

  /**
   * The streams as they are now.
   *
   * @throws Fault if one is not enabled
   */
  Map<String, StreamHandle> now(Collection<String> tables) throws Fault {
    Map<String, StreamHandle> streams = new TreeMap<>();
    for (String table : tables) {
      Optional<StreamHandle> stream = dynamo.currentStream(table).filter(StreamHandle::open);
      if (stream.isEmpty()) {
        throw new Fault.Transient("the stream of table " + table + " is not enabled", null);
      }
      streams.put(table, stream.get());
    }
    return streams;
  }
}
