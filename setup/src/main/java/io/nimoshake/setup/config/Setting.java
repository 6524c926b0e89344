package io.nimoshake.setup.config;

/**
 * What somebody wrote for a key.
 *
 * @param text the value, never empty
 * @param origin where: {@code file:line}, {@code --set} or the name of an environment variable
 */
record Setting(String text, String origin) {}
