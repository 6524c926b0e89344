package io.nimoshake.flink.sink;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.flink.wire.WriteRequest;
import java.io.IOException;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/** The Flink sink: writes to the target. */
public final class TargetSink implements Sink<WriteRequest> {
  private static final long serialVersionUID = 1;

  private final SyncPorts ports;

  public TargetSink(SyncPorts ports) {
    this.ports = ports;
  }

  @Override
  public SinkWriter<WriteRequest> createWriter(WriterInitContext context) throws IOException {
    try {
      return new TargetWriter(ports, context.metricGroup());
    } catch (Fault e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
