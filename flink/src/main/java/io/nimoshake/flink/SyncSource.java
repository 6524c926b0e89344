package io.nimoshake.flink;

import io.nimoshake.core.engine.SyncOptions.Mode;
import io.nimoshake.flink.enumerator.SyncEnumerator;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.flink.reader.SyncReader;
import io.nimoshake.flink.wire.NoSplit;
import io.nimoshake.flink.wire.PlanState;
import io.nimoshake.flink.wire.WriteRequest;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** The Flink source of all tables and streams. Its enumerator owns the plan, its readers read. */
final class SyncSource implements Source<WriteRequest, NoSplit, PlanState> {
  private static final long serialVersionUID = 1;

  private final SyncPorts ports;

  SyncSource(SyncPorts ports) {
    this.ports = ports;
  }

  @Override
  public Boundedness getBoundedness() {
    return ports.options().mode() == Mode.FULL
        ? Boundedness.BOUNDED
        : Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SplitEnumerator<NoSplit, PlanState> createEnumerator(
      SplitEnumeratorContext<NoSplit> context) {
    return new SyncEnumerator(ports, context, PlanState.NONE);
  }

  @Override
  public SplitEnumerator<NoSplit, PlanState> restoreEnumerator(
      SplitEnumeratorContext<NoSplit> context, PlanState state) {
    return new SyncEnumerator(ports, context, state);
  }

  @Override
  public SourceReader<WriteRequest, NoSplit> createReader(SourceReaderContext context)
      throws Exception {
    return new SyncReader(ports, context);
  }

  @Override
  public SimpleVersionedSerializer<NoSplit> getSplitSerializer() {
    return new NoSplit.Serializer();
  }

  @Override
  public SimpleVersionedSerializer<PlanState> getEnumeratorCheckpointSerializer() {
    return new PlanState.Serializer();
  }
}
