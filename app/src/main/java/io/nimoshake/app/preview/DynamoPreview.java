package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.app.program.Text;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.dynamodb.preview.Attempt;
import io.nimoshake.dynamodb.preview.SourceProbe;
import io.nimoshake.dynamodb.write.DynamoTargetSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A DynamoDB-compatible target. Tries to list and describe tables. Does not try calls that would
 * write.
 */
final class DynamoPreview implements TargetPreview {
  private final DynamoTargetSettings settings;
  private final boolean drops;
  private final SourceProbe probe;
  private Optional<List<String>> names;

  /**
   * @param drops whether existing tables are deleted
   */
  DynamoPreview(DynamoTargetSettings settings, boolean drops) throws Fault.Fatal {
    this.settings = settings;
    this.drops = drops;
    this.probe = new SourceProbe(settings.service());
  }

  @Override
  public String kind() {
    return "DynamoDB-compatible";
  }

  @Override
  public String database() {
    return settings.service().place();
  }

  @Override
  public Optional<Holding> holding(TableSchema table) throws Fault {
    String name = settings.shapes().nameOf(table.name());
    if (!names().map(all -> all.contains(name)).orElse(false)) {
      return Optional.empty();
    }
    return probe
        .describe(name)
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
    // A table that does not exist yet cannot be described or scanned.
    for (String action : List.of("DescribeTable", "Scan")) {
      if (probe.attempts().stream().noneMatch(tried -> tried.action().endsWith(":" + action))) {
        permissions.add(notTried(action, "the sync calls it for each table of the target"));
      }
    }
    permissions.add(notTried("CreateTable", "would write"));
    permissions.add(notTried("BatchWriteItem", "would write"));
    if (settings.userIndexes()) {
      permissions.add(notTried("UpdateTable", "would write: it creates missing indexes"));
    }
    if (drops) {
      permissions.add(notTried("DeleteTable", "would write: target.db.exist is drop"));
    }
    return permissions;
  }

  private static Permission notTried(String action, String why) {
    return new Permission("target: dynamodb:" + action, "not_tried", List.of(), why);
  }

  @Override
  public void close() {
    probe.close();
  }
}
