using Hawser.Cli;

return await HawserCommand.RunAsync(args);
