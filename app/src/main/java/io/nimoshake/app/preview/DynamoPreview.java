package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.app.program.Text;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.client.DynamoSettings;
import io.nimoshake.dynamodb.preview.Attempt;
import io.nimoshake.dynamodb.preview.SourceProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A DynamoDB-compatible target. Tries to list and describe tables. Does not try calls that would
 * write.
 */
final class DynamoPreview implements TargetPreview {
  private static final List<String> WRITES =
      List.of("CreateTable", "UpdateTable", "DeleteTable", "BatchWriteItem");

  private final DynamoSettings settings;
  private final SourceProbe probe;
  private Optional<List<String>> names;

  DynamoPreview(DynamoSettings settings) throws Fault.Fatal {
    this.settings = settings;
    this.probe = new SourceProbe(settings);
  }

  @Override
  public String kind() {
    return "DynamoDB-compatible";
  }

  @Override
  public String database() {
    return settings.place();
  }

  @Override
  public String version() {
    return null;
  }

  @Override
  public Boolean sharded() {
    return null;
  }

  @Override
  public Optional<Holding> holding(TableSchema table) throws Fault {
    if (!names().map(all -> all.contains(table.name())).orElse(false)) {
      return Optional.empty();
    }
    return probe
        .describe(table.name())
        .map(
            there ->
                new Holding(
                    there.approximateItems(),
                    "about " + Text.count(there.approximateItems(), "item")));
  }

  private Optional<List<String>> names() throws Fault {
    if (names == null) {
      names = probe.listTables();
    }
    return names;
  }

  @Override
  public String madeAs() {
    return "with the same key as the source table";
  }

  @Override
  public List<Permission> permissions() throws Fault {
    names();
    List<Permission> permissions = new ArrayList<>();
    for (Attempt attempt : probe.attempts()) {
      permissions.add(
          new Permission(
              "target: " + attempt.action(),
              attempt.outcome().name().toLowerCase(Locale.ROOT),
              attempt.table().stream().toList(),
              attempt.message().orElse(null)));
    }
    for (String action : WRITES) {
      permissions.add(
          new Permission("target: dynamodb:" + action, "not_tried", List.of(), "would write"));
    }
    return permissions;
  }

  @Override
  public void close() {
    probe.close();
  }
}
