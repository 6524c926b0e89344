package io.nimoshake.dynamodb.file;

import java.nio.file.Path;

/**
 * Settings of a target that is files.
 *
 * @param directory where the exports are made, one for each table
 * @param fileBytes a data file is complete when it has this many bytes
 */
public record FileTargetSettings(Path directory, long fileBytes) {}
