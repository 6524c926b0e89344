package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.app.program.Text;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.mongodb.preview.MongoProbe;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.setup.StartUpChecks;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A MongoDB target. */
final class MongoPreview implements TargetPreview {
  private final MongoTargetSettings settings;
  private final Optional<String> checkpoints;
  private final MongoProbe probe;

  /**
   * @param checkpoints the checkpoint database, if it is in the same MongoDB
   */
  MongoPreview(MongoTargetSettings settings, Optional<String> checkpoints) throws Fault {
    this.settings = settings;
    this.checkpoints = checkpoints;
    this.probe = new MongoProbe(settings);
  }

  @Override
  public String kind() {
    return "MongoDB";
  }

  @Override
  public String database() {
    return settings.database();
  }

  @Override
  public String version() throws Fault {
    return probe.server().version();
  }

  @Override
  public Boolean sharded() throws Fault {
    return probe.server().sharded();
  }

  @Override
  public Optional<Holding> holding(TableSchema table) throws Fault {
    return probe
        .collection(table)
        .map(
            facts ->
                new Holding(
                    facts.documents(),
                    Text.count(facts.documents(), "document")
                        + ", _id is "
                        + facts.layout().name().toLowerCase(Locale.ROOT)));
  }

  @Override
  public String madeAs() {
    return "with _id as " + settings.idLayout().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<Permission> permissions() throws Fault {
    Optional<List<MongoProbe.MissingPrivilege>> missing = probe.missingPrivileges(checkpoints);
    if (missing.isEmpty()) {
      return List.of(
          new Permission("target privileges", "unknown", List.of(), "the server does not tell"));
    }
    if (missing.get().isEmpty()) {
      return List.of(new Permission("target privileges", "allowed", List.of(), null));
    }
    return missing.get().stream()
        .map(
            privilege ->
                new Permission(
                    "target: " + privilege.action(),
                    "denied",
                    List.of(),
                    "on database " + privilege.database()))
        .toList();
  }

  @Override
  public Optional<String> refusal(SyncOptions options) throws Fault {
    return settings.sharded()
        ? StartUpChecks.cannotRename(options, probe.server())
        : Optional.empty();
  }

  @Override
  public void close() {
    probe.close();
  }
}
