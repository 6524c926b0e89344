package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.app.preview.Preview.TablePreview;
import io.nimoshake.app.program.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A preview as text for people, with the warnings first. */
final class PreviewText {
  private PreviewText() {}

  static List<String> lines(Preview preview) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "id %s, sync_mode %s, from %s to %s, %s%s%s; plan changes nothing",
            preview.id(),
            preview.syncMode(),
            preview.source(),
            preview.target().database(),
            preview.target().kind(),
            preview.target().version() == null ? "" : " " + preview.target().version(),
            Boolean.TRUE.equals(preview.target().sharded()) ? " (sharded)" : ""));
    if (preview.target().resuming()) {
      lines.add("there is a checkpoint: the sync resumes, and nothing is dropped or renamed");
    }
    section(lines, "Warnings", preview.warnings().stream().map(text -> "! " + text).toList());
    section(lines, "No way back to DynamoDB after a cut-over", preview.noWayBack());
    section(
        lines, "Permissions", preview.permissions().stream().map(PreviewText::permission).toList());
    List<String> tables = new ArrayList<>();
    preview.tables().forEach(table -> tables.addAll(table(table)));
    section(lines, "Tables", tables);
    section(
        lines,
        "Left out",
        preview.leftOut().stream().map(table -> table.table() + ": " + table.reason()).toList());
    Preview.Totals totals = preview.totals();
    section(
        lines,
        "Total",
        List.of(
            String.format(
                Locale.ROOT,
                "%s, %s, %s; copy: %,.1f read units, $%.2f, at least %s",
                Text.count(totals.tables(), "table"),
                Text.count(totals.items(), "item"),
                Text.bytes(totals.bytes()),
                totals.readUnits(),
                preview.tables().stream().mapToDouble(table -> cents(table.cost())).sum(),
                duration(totals.seconds())),
            String.format(
                Locale.ROOT,
                "streams: $%.2f a day while nothing changes",
                totals.streamCostPerDay())));
    section(lines, "Defaults that differ from the Go tool (its default)", preview.otherThanInGo());
    return lines;
  }

  static void section(List<String> lines, String title, List<String> content) {
    if (!content.isEmpty()) {
      lines.add("");
      lines.add(title + ":");
      content.forEach(line -> lines.add("  " + line));
    }
  }

  private static String permission(Permission permission) {
    String outcome =
        switch (permission.outcome()) {
          case "allowed" -> "ok       ";
          case "denied" -> "DENIED   ";
          case "not_tried" -> "not tried";
          default -> String.format("%-9s", permission.outcome());
        };
    return outcome + " " + Permissions.describe(permission);
  }

  private static List<String> table(TablePreview table) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %s, %s, %s; %,.1f read units, $%.2f, at least %s (%s)",
            table.table(),
            Text.count(table.items(), "item"),
            Text.bytes(table.bytes()),
            Text.count(table.segments(), "segment"),
            table.readUnits(),
            cents(table.cost()),
            duration(table.seconds()),
            table.boundBy()));
    lines.add("    stream: " + table.stream());
    if (table.filter() != null) {
      lines.add(
          String.format(
              "    filter: %d of the first %s pass",
              table.filter().passed(), Text.count(table.filter().read(), "item")));
    }
    if (table.ways() != null) {
      lines.addAll(ways(table.ways()));
    }
    if (table.recoveryIsOn() != null) {
      lines.add("    point-in-time recovery: " + (table.recoveryIsOn() ? "on" : "off"));
    }
    lines.add("    target: " + table.target());
    if (!table.indexes().isEmpty()) {
      lines.add(
          "    indexes to create: "
              + table.indexes().stream()
                  .map(name -> name + " on " + String.join(", ", table.indexKeys().get(name)))
                  .collect(Collectors.joining("; ")));
    }
    return lines;
  }

  private static List<String> ways(Preview.Ways ways) {
    String recovery =
        ways.recoveryCost() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "; point-in-time recovery must be enabled: $%.2f a month",
                cents(ways.recoveryCost()));
    return List.of(
        String.format(
            Locale.ROOT,
            "    by Scan: $%.2f, at least %s",
            cents(ways.scanCost()),
            duration(ways.scanSeconds())),
        String.format(
                Locale.ROOT,
                "    from an export: $%.2f, about %s",
                cents(ways.exportCost()),
                duration(ways.exportSeconds()))
            + recovery,
        "    " + ways.auto());
  }

  /** Dollars, rounded up to whole cents, so that the total is the sum of what the tables show. */
  private static double cents(double dollars) {
    return Math.ceil(Math.round(dollars * 1e8) / 1e6) / 100;
  }

  private static String duration(double seconds) {
    return Text.duration(Duration.ofSeconds((long) Math.max(1, seconds)));
  }
}
