package io.nimoshake.testkit.sim;

import io.nimoshake.core.engine.SyncOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** MongoDB, DynamoDB and the checkpoint of a run of the way back, and the applications. */
final class BackWorld {
  final SimLoop loop;
  final SimSchedule schedule;
  final SimFaults faults;
  final BackMongo mongo;
  final BackPromises promises;
  final BackTables dynamo;
  final SimCheckpointStore store;
  final BackWriters writers;
  private final BackSource source;
  private final BackScenario scenario;
  private final SyncOptions options;
  private int processes;

  BackWorld(SimRandom random, BackScenario scenario, SyncOptions options, boolean tracing) {
    this.scenario = scenario;
    this.options = options;
    BackScenario.Services services = scenario.services();
    loop = new SimLoop(random, services.slowRate(), tracing);
    schedule = new SimSchedule(loop, random, scenario.events().activeFor());
    faults = new SimFaults(loop, services.faultRate(), services.unknownRate());
    mongo = new BackMongo(loop, services.skew());
    SimWrongAnswers wrong =
        new SimWrongAnswers(loop, faults, services.wrongRate(), services.longestWrong());
    Map<String, BackTables.Table> tables = new HashMap<>();
    promises = new BackPromises(faults, mongo, tables, scenario.deadLetters());
    dynamo = new BackTables(tables, loop, faults, wrong, promises);
    source = new BackSource(loop, faults, wrong, mongo, dynamo, services.showsOplog());
    store = new SimCheckpointStore(loop, faults, promises::stored);
    writers = new BackWriters(random, scenario, loop, mongo);
  }

  /** The next life of the program. */
  SimProcess startProcess() {
    processes++;
    return new SimProcess(
        new SimLife("process " + processes),
        new SimProcess.Host("host", Duration.ZERO),
        loop,
        life ->
            new SimProcess.Ports(
                source.connect(),
                dynamo.connect(life),
                store.connect(life),
                promises.deadLetters(),
                options,
                scenario.callsASecond()),
        Set.of());
  }
}
