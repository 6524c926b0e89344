package io.nimoshake.flink.reader;

import io.nimoshake.core.engine.LocalSplits;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.engine.TableRegistry;
import io.nimoshake.core.engine.ThreadScheduler;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.ChangeWriter;
import io.nimoshake.core.flow.MemoryBudget;
import io.nimoshake.core.flow.Outages;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.flink.metrics.ItemCounters;
import io.nimoshake.flink.metrics.StatsMetrics;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.flink.wire.AssignedSplit;
import io.nimoshake.flink.wire.Message;
import io.nimoshake.flink.wire.NoSplit;
import io.nimoshake.flink.wire.TablePlace;
import io.nimoshake.flink.wire.WriteRequest;
import io.nimoshake.setup.Closer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.io.InputStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the pipelines of one subtask. They are the same as in the program, but their changes go to
 * the sink of the task. A page is handed over when the page before it is durable. Meanwhile the
 * next page is read. An idle shard costs a timer, no thread.
 *
 * <p>Has no state of its own. At each Flink checkpoint it reports to the enumerator what is
 * durable. A reader that comes back gets its splits again.
 */
public final class SyncReader implements SourceReader<WriteRequest, NoSplit> {
  private static final Logger LOG = LoggerFactory.getLogger(SyncReader.class);

  private final SourceReaderContext context;
  private final Closer closer = new Closer();
  private final ThreadScheduler scheduler;
  private final LocalSplits splits;
  private final RequestQueue queue = new RequestQueue();
  private final StatsMetrics metrics;
  private final ItemCounters counters;
  private final Message.ReaderHandler messages = new Messages();
  private final Event.SplitHandler reports = new Reports();
  private final TableRegistry registry;

  /** Where the tables of this reader are written. Used on the task's thread. */
  private final Map<String, TablePlace> places = new HashMap<>();

  /**
   * Only if the sink runs in another task, which gives no answer: the outcomes of its requests, by
   * the checkpoint. When that checkpoint is complete, they are durable. Used on the task's thread.
   */
  private final TreeMap<Long, List<ChangeWriter.Outcome>> unanswered = new TreeMap<>();

  private boolean warnedOfOtherTask;

  /** Outcomes of requests that the sink has and has not answered. */
  private final Set<ChangeWriter.Outcome> sent = ConcurrentHashMap.newKeySet();

  private volatile boolean ended;

  private final RunningSplits running = new RunningSplits();

  public SyncReader(SyncPorts ports, SourceReaderContext context) throws Fault {
    this.context = context;
    SyncOptions options = ports.options();
    this.scheduler = closer.keep(new ThreadScheduler(options.ioThreads()));
    Source source;
    DeadLetters letters;
    try {
      source = closer.keep(ports.openSource());
      letters = closer.keep(ports.openDeadLetters());
    } catch (Fault | RuntimeException e) {
      closer.close();
      throw e;
    }
    int share = Math.max(1, context.currentParallelism());
    Outages outages = new Outages(scheduler.control());
    source.failedCalls().listen(outages);
    this.registry = new TableRegistry(table -> share(ports.limits(), share), Optional.of(outages));
    this.metrics = new StatsMetrics(context.metricGroup());
    metrics.outages(outages);
    this.counters = new ItemCounters(context.metricGroup().getIOMetricGroup());
    int slots = context.getConfiguration().get(TaskManagerOptions.NUM_TASK_SLOTS);
    MemoryBudget memory =
        new MemoryBudget(Math.max(1, options.memoryBudgetBytes() / Math.max(1, slots)));
    metrics.gauge("memory_held_bytes", memory::heldBytes);
    metrics.failedCalls("source", source.failedCalls());
    this.splits =
        new LocalSplits(
            source,
            schema -> new Handover(places.get(schema.name()), queue, sent),
            letters,
            memory,
            scheduler,
            options.retryPolicy(),
            registry,
            event -> event.toSplitHandler(reports),
            fault -> send(new Message.Fatal(fault)));
    scheduler.onBug(
        bug -> {
          if (ended) {
            return; // a running read met a closed connection
          }
          LOG.error("unexpected failure: this is a bug", bug);
          send(new Message.Fatal(new Fault.Fatal("unexpected failure: " + bug, bug)));
        });
  }

  private static TableLimits share(TableLimits whole, int of) {
    return TableLimits.of(
        whole.copyCalls().get() / of,
        whole.streamCalls().get() / of,
        whole.copyCapacity().get() / of);
  }

  private void send(Message message) {
    if (ended) {
      return; // the enumerator knows about the end
    }
    context.sendSourceEventToCoordinator(new Message.Event(message));
  }

  @Override
  public void start() {}

  // --- splits --------------------------------------------------------------------------------

  /** Never called with any: the enumerator assigns by message. */
  @Override
  public void addSplits(List<NoSplit> none) {}

  private void start(List<AssignedSplit> added) {
    for (AssignedSplit split : added) {
      TablePlace place = split.place();
      TablePlace before = places.put(place.schema().name(), place);
      if (before == null || before.preparation() != place.preparation()) {
        String table = place.schema().name();
        metrics.read(table, registry.stats(table), () -> lag(table));
        splits.tablePrepared(place.schema(), place.resume());
      }
      running.add(split);
      splits.add(new Command.StartSplit(split.split(), split.from(), split.mode())).run();
    }
  }

  @Override
  public void notifyNoMoreSplits() {
    queue.end();
  }

  @Override
  public void handleSourceEvents(SourceEvent event) {
    ((Message.Event) event).messageToReader().to(messages);
  }

  /** Does what the enumerator asks. */
  private final class Messages implements Message.ReaderHandler {
    @Override
    public void startSplits(Message.StartSplits message) {
      SyncReader.this.start(message.splits());
    }

    @Override
    public void stopTable(Message.StopTable message) {
      running.forget(message.table());
      places.remove(message.table());
      splits.stop(message.table(), () -> send(new Message.Done(message.ticket())));
    }

    @Override
    public void deleteForReal(Message.DeleteForReal message) {
      splits.deleteForReal(
          message.table(), () -> true, () -> send(new Message.Done(message.ticket())));
    }

    @Override
    public void giveBack(Message.GiveBack message) {
      SyncReader.this.giveBack(message.assignment());
    }
  }

  private void giveBack(long assignment) {
    running
        .split(assignment)
        .ifPresent(split -> splits.stop(split.table(), split.id(), () -> stopped(assignment)));
  }

  private void stopped(long assignment) {
    running.remove(assignment).ifPresent(this::send);
  }

  /** Notes what the pipelines reach, for the report at the next checkpoint. */
  private final class Reports implements Event.SplitHandler {
    @Override
    public void durable(Event.Durable event) {
      running.durable(event);
    }

    @Override
    public void caughtUp(Event.CaughtUp event) {
      running.caughtUp(event);
    }

    @Override
    public void readEmpty(Event.ReadEmpty event) {
      // A job has no cut-over, so no pipeline is asked to tell this.
    }

    @Override
    public void splitFault(Event.SplitFault event) {
      running
          .remove(event.table(), event.splitId())
          .ifPresent(assignment -> send(new Message.SplitFailed(assignment, event.fault())));
    }
  }

  private Duration lag(String table) {
    return running.lag(table, registry.stats(table), scheduler.now());
  }

  // --- the task's thread ---------------------------------------------------------------------

  @Override
  public InputStatus pollNext(ReaderOutput<WriteRequest> output) {
    WriteRequest next = queue.poll();
    if (next != null) {
      sent.add(next.handle().orElseThrow().outcome());
      counters.emits(next);
      output.collect(next);
      return queue.isEmpty() ? InputStatus.NOTHING_AVAILABLE : InputStatus.MORE_AVAILABLE;
    }
    return queue.isEnded() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
  }

  @Override
  public CompletableFuture<Void> isAvailable() {
    return queue.available();
  }

  /** Reports positions. The sink has flushed for this checkpoint: what it was given is durable. */
  @Override
  public List<NoSplit> snapshotState(long checkpointId) {
    noteUnanswered(checkpointId);
    List<Message.Reached> reached = running.report();
    if (!reached.isEmpty()) {
      send(new Message.Progress(checkpointId, reached));
    }
    return List.of();
  }

  /** A sink in another task gives no answer, but takes part in the checkpoint. */
  private void noteUnanswered(long checkpointId) {
    if (!sent.isEmpty()) {
      if (!warnedOfOtherTask) {
        warnedOfOtherTask = true;
        LOG.warn(
            "reader and sink run in different tasks, so each split gets only one page at each"
                + " checkpoint: set pipeline.operator-chaining.enabled = true");
      }
      unanswered.put(checkpointId, List.copyOf(sent));
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    Map<Long, List<ChangeWriter.Outcome>> complete = unanswered.headMap(checkpointId, true);
    List<ChangeWriter.Outcome> durable = complete.values().stream().flatMap(List::stream).toList();
    complete.clear();
    durable.forEach(ChangeWriter.Outcome::durable);
  }

  @Override
  public void close() {
    ended = true;
    splits.stopAll(() -> {});
    queue.close().forEach(request -> request.handle().orElseThrow().outcome().aborted());
    closer.close();
  }
}
