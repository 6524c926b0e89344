package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.app.program.Text;
import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.mongodb.preview.MongoProbe;
import io.nimoshake.mongodb.write.Home;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.setup.StartUpChecks;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A MongoDB target. */
final class MongoPreview implements TargetPreview {
  private final MongoTargetSettings settings;
  private final Mapping mapping;
  private final Optional<String> checkpoints;
  private final MongoProbe probe;

  /**
   * @param mapping which collections the items of a table go to
   * @param checkpoints the checkpoint database, if it is in the same MongoDB
   */
  MongoPreview(MongoTargetSettings settings, Mapping mapping, Optional<String> checkpoints)
      throws Fault {
    this.settings = settings;
    this.mapping = mapping;
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
    Optional<Mapping.OfTable> rules = mapping.of(table);
    if (rules.isPresent()) {
      return holding(table, rules.get().destinations());
    }
    return probe
        .collection(table, table.name())
        .map(
            facts ->
                new Holding(
                    facts.documents(),
                    Text.count(facts.documents(), "document")
                        + ", _id is "
                        + facts.layout().name().toLowerCase(Locale.ROOT)));
  }

  private Optional<Holding> holding(TableSchema table, List<Mapping.Destination> destinations)
      throws Fault {
    long documents = 0;
    List<String> each = new ArrayList<>();
    for (Mapping.Destination destination : destinations) {
      String name = destination.collection();
      Optional<MongoProbe.CollectionFacts> facts = probe.collection(table, name);
      if (facts.isPresent()) {
        documents += facts.get().documents();
        each.add(Text.count(facts.get().documents(), "document") + " in " + name);
      }
    }
    return each.isEmpty()
        ? Optional.empty()
        : Optional.of(new Holding(documents, String.join(", ", each)));
  }

  @Override
  public Optional<String> whyUnfit(TableSchema table) throws Fault {
    for (Home home : Home.of(table, mapping.of(table))) {
      Optional<String> why = probe.whyUnfit(home.name());
      if (why.isPresent()) {
        return why;
      }
    }
    return Optional.empty();
  }

  @Override
  public String madeAs() {
    return "with _id as " + settings.idLayout().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<Permission> permissions() throws Fault {
    Optional<List<MongoProbe.MissingPrivilege>> missing = probe.missingPrivileges(checkpoints);
    List<Permission> permissions = new ArrayList<>();
    for (Map.Entry<String, List<String>> of : probe.needed(checkpoints).entrySet()) {
      List<String> denied =
          missing.orElse(List.of()).stream()
              .filter(privilege -> privilege.database().equals(of.getKey()))
              .map(MongoProbe.MissingPrivilege::action)
              .toList();
      denied.forEach(
          action -> permissions.add(permission(action, "denied", "on database " + of.getKey())));
      List<String> others = of.getValue().stream().filter(a -> !denied.contains(a)).toList();
      String names = String.join(", ", others);
      if (missing.isEmpty()) {
        String why = "on database " + of.getKey() + "; the server does not tell";
        permissions.add(permission(names, "unknown", why));
      } else if (!others.isEmpty()) {
        permissions.add(permission(names, "allowed", "on database " + of.getKey()));
      }
    }
    return permissions;
  }

  private static Permission permission(String actions, String outcome, String message) {
    return new Permission("target: " + actions, outcome, List.of(), message);
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
