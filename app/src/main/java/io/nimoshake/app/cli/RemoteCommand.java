package io.nimoshake.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.remote.NoSuchSyncException;
import io.nimoshake.app.remote.SyncClient;
import io.nimoshake.setup.TableFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands have in common that change something in a running sync. */
abstract class RemoteCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ConfigurationOptions configuration;

  @Mixin private TableOption tables;

  @Mixin private HelpOption help;

  @Override
  public final Integer call() throws Exception {
    SyncClient sync = SyncClient.of(configuration.load());
    run(sync);
    return ExitCode.DONE;
  }

  abstract void run(SyncClient sync) throws NoSuchSyncException;

  /** Posts a body for all tables, or for each one that is selected. Returns their names. */
  final List<String> post(SyncClient sync, String path, Map<String, ?> body)
      throws NoSuchSyncException {
    if (!tables.isGiven()) {
      return names(sync.post(path, body));
    }
    List<String> done = new ArrayList<>();
    for (JsonNode table : selected(sync)) {
      Map<String, Object> ofTable = new TreeMap<>(body);
      ofTable.put("table", table.path("name").asText());
      done.addAll(names(sync.post(path, ofTable)));
    }
    return done;
  }

  /** The selected tables of the running sync, as its status describes them. */
  final List<JsonNode> selected(SyncClient sync) throws NoSuchSyncException {
    List<JsonNode> all = new ArrayList<>();
    sync.status().path("tables").forEach(all::add);
    List<String> names = all.stream().map(table -> table.path("name").asText()).toList();
    TableFilter filter = TableFilter.only(tables.patterns());
    Optional<String> missing = filter.missing(names, "the sync");
    if (missing.isPresent()) {
      throw usage("--tables: " + missing.get());
    }
    if (filter.select(names).isEmpty()) {
      throw usage("--tables: no table of the sync matches: " + String.join(", ", names));
    }
    return all.stream().filter(table -> filter.test(table.path("name").asText())).toList();
  }

  private static List<String> names(JsonNode answer) {
    List<String> names = new ArrayList<>();
    answer.path("tables").forEach(name -> names.add(name.asText()));
    return names;
  }

  final ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
