package io.nimoshake.flink;

import io.nimoshake.flink.wire.AssignedSplit;
import io.nimoshake.flink.wire.Message;
import io.nimoshake.flink.wire.NoSplit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.ReaderInfo;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.metrics.groups.SplitEnumeratorMetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** An enumerator's surroundings on the test's own thread: what is to be done there waits. */
public final class FakeContext implements SplitEnumeratorContext<NoSplit> {
  public final Map<Integer, ReaderInfo> readers = new HashMap<>();
  public final Map<Integer, List<AssignedSplit>> assigned = new HashMap<>();
  final Map<Integer, List<Message>> sent = new HashMap<>();
  public final Set<Integer> ended = new HashSet<>();
  private final ArrayDeque<Runnable> work = new ArrayDeque<>();
  private final int parallelism;

  /** The reader of each message that assigned splits. */
  public final List<Integer> assignments = new ArrayList<>();

  public FakeContext(int parallelism) {
    this.parallelism = parallelism;
  }

  public void register(int subtask) {
    readers.put(subtask, new ReaderInfo(subtask, "here"));
  }

  /** Does all that waits, and what that leads to. */
  public void run() {
    while (true) {
      Runnable next;
      synchronized (work) {
        next = work.poll();
      }
      if (next == null) {
        return;
      }
      next.run();
    }
  }

  public List<AssignedSplit> of(int subtask) {
    return assigned.getOrDefault(subtask, List.of());
  }

  /** What a reader was told and has not taken yet. */
  public List<Message> take(int subtask) {
    List<Message> all = sent.remove(subtask);
    return all == null ? List.of() : all;
  }

  @Override
  public SplitEnumeratorMetricGroup metricGroup() {
    return UnregisteredMetricsGroup.createSplitEnumeratorMetricGroup();
  }

  @Override
  public void sendEventToSourceReader(int subtask, SourceEvent event) {
    if (!readers.containsKey(subtask)) {
      throw new IllegalStateException("no reader " + subtask);
    }
    Message message = ((Message.Event) event).message();
    if (message instanceof Message.StartSplits start) {
      assignments.add(subtask);
      assigned.computeIfAbsent(subtask, s -> new ArrayList<>()).addAll(start.splits());
    } else {
      sent.computeIfAbsent(subtask, s -> new ArrayList<>()).add(message);
    }
  }

  @Override
  public int currentParallelism() {
    return parallelism;
  }

  @Override
  public Map<Integer, ReaderInfo> registeredReaders() {
    return readers;
  }

  @Override
  public void assignSplits(SplitsAssignment<NoSplit> assignment) {
    throw new UnsupportedOperationException("Flink keeps metrics for each of its own splits");
  }

  @Override
  public void signalNoMoreSplits(int subtask) {
    ended.add(subtask);
  }

  @Override
  public <T> void callAsync(Callable<T> callable, BiConsumer<T, Throwable> handler) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <T> void callAsync(
      Callable<T> callable,
      BiConsumer<T, Throwable> handler,
      long initialDelayMillis,
      long periodMillis) {}

  @Override
  public void runInCoordinatorThread(Runnable runnable) {
    synchronized (work) {
      work.add(runnable);
    }
  }
}
