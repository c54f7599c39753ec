import SaliencyCLI

await SaliencyTool.main()
