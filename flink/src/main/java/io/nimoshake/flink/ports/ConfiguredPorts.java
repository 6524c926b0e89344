package io.nimoshake.flink.ports;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.flow.TableLimits;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.Target;
import io.nimoshake.mongodb.checkpoint.GoCheckpointImport;
import io.nimoshake.setup.Connections;
import io.nimoshake.setup.MappingChange;
import io.nimoshake.setup.StartUp;
import io.nimoshake.setup.StartUpException;
import io.nimoshake.setup.SyncSetup;
import io.nimoshake.setup.Takeover;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The ports that a configuration describes. Only its settings travel with the job, secrets too, so
 * this class has no {@code toString}. Each process makes the rest again.
 */
public final class ConfiguredPorts implements SyncPorts {
  private static final long serialVersionUID = 1;

  private final HashMap<String, String> settings;
  private transient SyncSetup setup;
  private transient Configuration configuration;

  public ConfiguredPorts(Configuration configuration) {
    this.settings = new HashMap<>(configuration.asEnvironment());
  }

  private synchronized SyncSetup setup() {
    if (setup == null) {
      setup = new SyncSetup(configuration());
    }
    return setup;
  }

  private synchronized Configuration configuration() {
    if (configuration == null) {
      try {
        configuration = Configuration.load(Optional.empty(), Map.copyOf(settings), List.of());
      } catch (ConfigurationException e) {
        throw new IllegalStateException(
            "the configuration was checked before the job was submitted", e);
      }
    }
    return configuration;
  }

  @Override
  public String id() {
    return setup().id();
  }

  @Override
  public SyncOptions options() {
    return setup().options();
  }

  @Override
  public TableLimits limits() {
    return setup().limits();
  }

  @Override
  public void check() throws Fault {
    orFault(
        () -> {
          if (setup().fileTargetSettings().isPresent()) {
            throw new Fault.Fatal(
                "target.type = file: a Flink job runs on several machines and cannot write into"
                    + " a directory of one: use the command sync");
          }
          Connections.check(setup(), once());
          return null;
        });
  }

  @Override
  public Source openSource() throws Fault {
    return orFault(() -> Connections.source(setup(), once()));
  }

  @Override
  public Target openTarget() throws Fault {
    return orFault(() -> Connections.target(setup(), once()));
  }

  @Override
  public CheckpointStore openCheckpoints() throws Fault {
    return orFault(() -> Connections.checkpoints(setup(), once()));
  }

  @Override
  public void takeOver(Source source, Target target, CheckpointStore store, long fence)
      throws Fault {
    orFault(
        () -> {
          Takeover takeover = new Takeover(once(), configuration(), options(), source, target);
          takeover.check((GoCheckpointImport) store);
          takeover.carryOut((GoCheckpointImport) store, fence);
          new MappingChange(once(), setup(), source, target).carryOut(store, fence);
          return null;
        });
  }

  @Override
  public DeadLetters openDeadLetters() {
    return Connections.deadLetters(configuration());
  }

  /** The enumerator repeats the whole start, without limit. */
  private static StartUp once() {
    return StartUp.once();
  }

  private interface Step<T> {
    T run() throws StartUpException, Fault;
  }

  /** Turns a failed start into a fault: no answer is retryable, a refusal is final. */
  private static <T> T orFault(Step<T> work) throws Fault {
    try {
      return work.run();
    } catch (StartUpException e) {
      throw e.isRefusal()
          ? new Fault.Fatal(e.getMessage(), e)
          : new Fault.Transient(e.getMessage(), e);
    }
  }
}
