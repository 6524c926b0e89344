package io.nimoshake.app.preview;

import io.nimoshake.app.preview.Preview.Permission;
import io.nimoshake.app.preview.Preview.TablePreview;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A preview for people; what they should know before all else comes first. */
final class PreviewText {
  private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB"};

  private PreviewText() {}

  static List<String> lines(Preview preview) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "id %s, sync_mode %s, from %s to %s, %s%s%s; nothing was changed",
            preview.id(),
            preview.syncMode(),
            preview.source(),
            preview.target().database(),
            preview.target().kind(),
            preview.target().version() == null ? "" : " " + preview.target().version(),
            Boolean.TRUE.equals(preview.target().sharded()) ? " (sharded)" : ""));
    if (preview.target().resuming()) {
      lines.add("a checkpoint is there: the sync goes on, and nothing is dropped or renamed");
    }
    section(lines, "Warnings", preview.warnings().stream().map(text -> "! " + text).toList());
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
        "In all",
        List.of(
            String.format(
                Locale.ROOT,
                "%,d tables, %,d items, %s; the copy: %,.0f read units, $%.2f, at least %s",
                totals.tables(),
                totals.items(),
                size(totals.bytes()),
                totals.readUnits(),
                totals.cost(),
                duration(totals.seconds())),
            String.format(
                Locale.ROOT,
                "the streams, while nothing changes: $%.2f a day",
                totals.streamCostPerDay())));
    section(lines, "Defaults that are not those of the Go tool", preview.otherThanInGo());
    return lines;
  }

  private static void section(List<String> lines, String title, List<String> content) {
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
    return outcome + " " + Previewer.describe(permission);
  }

  private static List<String> table(TablePreview table) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %,d items, %s, %d segments; %,.0f read units, $%.2f, at least %s (%s)",
            table.table(),
            table.items(),
            size(table.bytes()),
            table.segments(),
            table.readUnits(),
            table.cost(),
            duration(table.seconds()),
            table.boundBy()));
    lines.add("    stream: " + table.stream());
    lines.add("    target: " + table.target());
    if (!table.indexes().isEmpty()) {
      lines.add("    indexes to be made: " + String.join(", ", table.indexes()));
    }
    return lines;
  }

  static String size(long bytes) {
    double size = bytes;
    int unit = 0;
    while (size >= 1000 && unit < UNITS.length - 1) {
      size /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", size, UNITS[unit]);
  }

  private static String duration(double seconds) {
    return duration(Duration.ofMillis((long) (seconds * 1000)));
  }

  static String duration(Duration duration) {
    if (duration.toHours() > 0) {
      return duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }
    if (duration.toMinutes() > 0) {
      return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }
    return Math.max(1, duration.toSeconds()) + " s";
  }
}
