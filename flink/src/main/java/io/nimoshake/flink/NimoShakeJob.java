package io.nimoshake.flink;

import io.nimoshake.flink.ports.ConfiguredPorts;
import io.nimoshake.flink.ports.SyncPorts;
import io.nimoshake.flink.sink.TargetSink;
import io.nimoshake.flink.wire.WriteRequestType;
import io.nimoshake.setup.config.ConfigurationException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The Flink job: {@code flink run nimo-shake-flink.jar --conf-file FILE [--set key=value]...}. The
 * file and the environment are read where this class runs, that is, where the job is submitted.
 */
public final class NimoShakeJob {
  private NimoShakeJob() {}

  public static void main(String[] args) throws Exception {
    SyncPorts ports =
        new ConfiguredPorts(
            JobArguments.read(args, System.getenv(), JobArguments.RUNTIME_PROPERTIES));
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    build(environment, ports);
    environment.execute("nimo-shake " + ports.id());
  }

  static void build(StreamExecutionEnvironment environment, SyncPorts ports)
      throws ConfigurationException {
    FlinkSettings.apply(environment);
    environment
        .fromSource(
            new SyncSource(ports),
            WatermarkStrategy.noWatermarks(),
            "tables and streams",
            new WriteRequestType())
        .uid("nimo-shake-source")
        .sinkTo(new TargetSink(ports))
        .name("target")
        .uid("nimo-shake-sink");
  }
}
